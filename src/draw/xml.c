/* SPDX-License-Identifier: MIT */
/* See draw/xml.h. Every byte of an SVG goes through here, so nothing is escaped by hand. */
#include "draw/xml.h"

#include <errno.h>
#include <string.h>

#include <libxml/xmlwriter.h>

#include "base/text.h"
#include "draw/px.h"

/* Never fails towards libxml2, which would print that on standard error. What the sink leaves in
 * errno is not libxml2's. */
static int xml_pass(void *context, const char *data, int size)
{
    struct xml *xml = context;
    int before = errno;
    if (!xml->refused && size > 0 && xml->sink.write(xml->sink.context, data, (size_t)size) != 0)
        xml->refused = true;
    errno = before;
    return size;
}

/* In place of what prints on standard error. */
static void xml_be_quiet(void *context, const char *format, ...)
{
}

/* libxml2's type for UTF-8; BAD_CAST would drop the const. */
static const xmlChar *chars(const char *text)
{
    return (const xmlChar *)text;
}

/* Takes the result of a call. One that left out a text for want of memory, or did not remember what
 * it opened, tells of success, as of libxml2 2.9; malloc has told in errno. */
static void xml_check(struct xml *xml, int result)
{
    if (result < 0 || errno == ENOMEM)
        xml->failed = true;
}

/* Gives back what libxml2 printed with. */
static void xml_leave(const struct xml *xml)
{
    xmlSetGenericErrorFunc(xml->told_context, xml->told);
}

int xml_init(struct xml *xml, const struct pfl_sink *sink, struct pfl_error *err)
{
    *xml = (struct xml){
        .sink = *sink, .told = xmlGenericError, .told_context = xmlGenericErrorContext};
    xmlSetGenericErrorFunc(NULL, xml_be_quiet);
    errno = 0;
    xmlOutputBuffer *buffer = xmlOutputBufferCreateIO(xml_pass, NULL, xml, NULL);
    if (!buffer) {
        xml_leave(xml);
        return error_memory(err);
    }
    xml->writer = xmlNewTextWriter(buffer); /* takes the buffer, on success */
    if (!xml->writer) {
        xmlOutputBufferClose(buffer);
        xml_leave(xml);
        return error_memory(err);
    }
    xml_check(xml, xmlTextWriterStartDocument(xml->writer, NULL, "UTF-8", NULL));
    return 0;
}

void xml_open(struct xml *xml, const char *element)
{
    xml_check(xml, xmlTextWriterStartElement(xml->writer, chars(element)));
}

void xml_close(struct xml *xml)
{
    xml_check(xml, xmlTextWriterEndElement(xml->writer));
}

void xml_attribute(struct xml *xml, const char *name, const char *value)
{
    xml_check(xml, xmlTextWriterWriteAttribute(xml->writer, chars(name), chars(value)));
}

void xml_attribute_px(struct xml *xml, const char *name, double value)
{
    buffer_clear(&xml->scratch);
    px_append(&xml->scratch, value);
    xml_attribute(xml, name, buffer_string(&xml->scratch));
}

void xml_attribute_safe(struct xml *xml, const char *name, const char *value)
{
    buffer_clear(&xml->scratch);
    text_append_safe(&xml->scratch, value, strlen(value));
    xml->failed |= xml->scratch.failed;
    xml_attribute(xml, name, buffer_string(&xml->scratch));
}

void xml_text(struct xml *xml, struct buffer *text)
{
    xml->failed |= text->failed;
    xml_words(xml, buffer_string(text));
}

void xml_words(struct xml *xml, const char *text)
{
    xml_check(xml, xmlTextWriterWriteString(xml->writer, chars(text)));
}

void xml_plain(struct xml *xml, const char *text, size_t size)
{
    xml_check(xml, xmlTextWriterWriteRawLen(xml->writer, chars(text), (int)size));
}

void xml_cdata(struct xml *xml, const char *text)
{
    xml_check(xml, xmlTextWriterWriteCDATA(xml->writer, chars(text)));
}

int xml_finish(struct xml *xml, struct pfl_error *err)
{
    if (!xml->refused && !xml->failed)
        xml_check(xml, xmlTextWriterEndDocument(xml->writer));
    xmlFreeTextWriter(xml->writer);
    xml_leave(xml);
    buffer_done(&xml->scratch);
    if (xml->refused)
        return error_set(err, PFL_ERROR_SINK, "the output was refused");
    return xml->failed ? error_memory(err) : 0;
}
