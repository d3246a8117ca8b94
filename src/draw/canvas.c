/* SPDX-License-Identifier: MIT */
#include "draw/canvas.h"

#include <dlfcn.h>
#include <string.h>

#include "base/buffer.h"

static const char module_name[] = "libperflame-paint.so.0";

/* The module that lies beside the file in which this code is. A path that is not absolute is
 * nothing to go by: it is the name by which a program was called. */
static void *open_beside(void)
{
    Dl_info self;
    if (!dladdr(module_name, &self) || !self.dli_fname || self.dli_fname[0] != '/')
        return NULL;
    struct buffer path = {0};
    buffer_append(&path, self.dli_fname,
                  (size_t)(strrchr(self.dli_fname, '/') + 1 - self.dli_fname));
    buffer_text(&path, module_name);
    void *module = dlopen(buffer_string(&path), RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
    buffer_done(&path);
    return module;
}

int canvas_load(const struct canvas_calls **ret_calls, struct pfl_error *err)
{
    /* NODELETE: GLib's types outlive the libraries that have registered them. */
    void *module = open_beside();
    if (!module)
        module = dlopen(module_name, RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
    if (!module)
        return error_set(err, PFL_ERROR_UNSUPPORTED,
                         "PNG and PDF need %s beside libperflame.so.0, or where the system's "
                         "libraries are; SVG does not (%s)",
                         module_name, dlerror());
    const struct canvas_calls *calls = dlsym(module, "pfl_canvas_calls");
    if (calls && calls->version == CANVAS_VERSION)
        *ret_calls = calls;
    else
        calls = NULL;
    dlclose(module);
    return calls ? 0
                 : error_set(err, PFL_ERROR_UNSUPPORTED,
                             "%s is of another version of perflame: install both from one",
                             module_name);
}
