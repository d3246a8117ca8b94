/* SPDX-License-Identifier: MIT */
#include "draw/packing.h"

#include "base/compress.h"

/* Less is packed as a whole, before a second thread is under way. */
#define PACKING_WHOLE (256 * 1024)

static void pack(void *context)
{
    struct package *package = context;
    package->result = (package->followed ? compress_deflate_open : compress_deflate)(
        &package->packed, package->bytes, package->size, &package->error);
}

int packing_begin(struct packing *packing, const struct trie *trie, const struct order *order,
                  bool threads, struct pfl_error *err)
{
    struct package *first = &packing->packages[0], *second = &packing->packages[1];
    int result = payload_write(&packing->bytes, trie, order, threads, err);
    if (result < 0)
        return result;
    /* The first has the larger numbers, and takes more time for as many bytes. */
    size_t size = packing->bytes.size, cut = size < PACKING_WHOLE ? 0 : size / 16 * 7;
    *first = (struct package){.bytes = packing->bytes.data, .size = cut, .followed = true};
    *second = (struct package){.bytes = packing->bytes.data + cut, .size = size - cut};
    if (cut)
        errand_begin(&first->errand, threads, pack, first);
    errand_begin(&second->errand, threads && !cut, pack, second);
    return 0;
}

int packing_end(struct packing *packing, struct buffer *to, struct pfl_error *err)
{
    struct package *first = &packing->packages[0], *second = &packing->packages[1];
    errand_end(&second->errand);
    errand_end(&first->errand);
    const struct package *failed = first->result < 0 ? first : second;
    if (failed->result < 0 && err)
        *err = failed->error;
    if (failed->result < 0)
        return failed->result;
    buffer_append(&first->packed, second->packed.data, second->packed.size);
    compress_base64(to, first->packed.data, first->packed.size);
    to->failed |= first->packed.failed;
    return to->failed ? error_memory(err) : 0;
}

void packing_done(struct packing *packing)
{
    for (size_t i = 0; i < sizeof packing->packages / sizeof *packing->packages; i++) {
        errand_drop(&packing->packages[i].errand);
        buffer_done(&packing->packages[i].packed);
    }
    buffer_done(&packing->bytes);
}
