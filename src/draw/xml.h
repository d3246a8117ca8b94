/* SPDX-License-Identifier: MIT */
/* libxml2's writer with sticky failure, straight into a sink. */
#ifndef PFL_DRAW_XML_H
#define PFL_DRAW_XML_H

#include <stdbool.h>

#include "base/buffer.h"
#include "base/error.h"
#include "perflame/sink.h"

struct xml {
    void *writer; /* xmlTextWriter, whose header stays in xml.c */
    struct pfl_sink sink;
    void (*told)(void *context, const char *format, ...); /* where libxml2 printed before */
    void *told_context;
    struct buffer scratch;
    bool failed, refused;
};

int xml_init(struct xml *xml, const struct pfl_sink *sink, struct pfl_error *err);

void xml_open(struct xml *xml, const char *element);
void xml_close(struct xml *xml);
void xml_attribute(struct xml *xml, const char *name, const char *value);
void xml_attribute_px(struct xml *xml, const char *name, double value);
/* The same of a name from a recording: made safe first. */
void xml_attribute_safe(struct xml *xml, const char *name, const char *value);

/* Text, escaped; it must be safe already (text_append_safe). */
void xml_text(struct xml *xml, struct buffer *text);
void xml_words(struct xml *xml, const char *text);
/* A run of characters that mean nothing in XML, such as base64. */
void xml_plain(struct xml *xml, const char *text, size_t size);
/* A CDATA section; `text` must not hold its end mark. */
void xml_cdata(struct xml *xml, const char *text);

/* Ends the document and says whether all went well; frees, in any case. */
int xml_finish(struct xml *xml, struct pfl_error *err);

#endif
