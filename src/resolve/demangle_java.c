/* SPDX-License-Identifier: MIT */
/* Methods of Java as its virtual machine writes them (Java Virtual Machine Specification, 4.2 and
 * 4.3), in the symbols and maps that agents leave:
 *
 *     Ljava/lang/String;::hashCode                           java.lang.String.hashCode
 *     Ljava/lang/String;equals([BI)Z                         java.lang.String.equals(byte[], int)
 *     java/util/HashMap.get(Ljava/lang/Object;)Ljava/... java.util.HashMap.get(java.lang.Object)
 *
 * A class in front that is not closed by ";" is believed only with parameters behind: paths look
 * like one. What the virtual machine itself writes (-XX:+DumpPerfMapAtExit) is for people already:
 *
 *     int java.lang.String.indexOf(java.lang.String, int)    java.lang.String.indexOf */
#include "resolve/demangle.h"

#include <string.h>

#include "base/limits.h"

/* The parts of a method. */
struct method {
    const char *class_name, *name, *parameters; /* NULL: it has none; else behind the bracket */
    size_t class_length, name_length;
};

/* The name of a type of one letter; NULL if that is none. */
static const char *base_type(char letter)
{
    switch (letter) {
    case 'B': return "byte";
    case 'C': return "char";
    case 'D': return "double";
    case 'F': return "float";
    case 'I': return "int";
    case 'J': return "long";
    case 'S': return "short";
    case 'V': return "void";
    case 'Z': return "boolean";
    default: return NULL;
    }
}

static void append_class(struct buffer *to, const char *name, size_t length)
{
    for (size_t i = 0; i < length; i++)
        buffer_char(to, name[i] == '/' ? '.' : name[i]);
}

/* Appends the type at *at and steps behind it; false if there is none. `to` may be NULL. */
static bool append_type(struct buffer *to, const char **at)
{
    size_t arrays = strspn(*at, "[");
    const char *name = *at + arrays, *end = name + 1;
    const char *base = base_type(*name);
    if (!base) {
        end = *name == 'L' ? strpbrk(name, ";()") : NULL;
        if (!end || *end != ';' || end == name + 1)
            return false;
        end++;
    }
    *at = end;
    if (!to)
        return true;
    if (base)
        buffer_text(to, base);
    else
        append_class(to, name + 1, (size_t)(end - name) - 2);
    for (size_t i = 0; i < arrays; i++)
        buffer_text(to, "[]");
    return true;
}

/* Appends "(TYPE, TYPE)" of "TYPE...)TYPE"; false if it is nothing of that kind. */
static bool append_parameters(struct buffer *to, const char *at)
{
    if (to)
        buffer_char(to, '(');
    for (bool first = true; *at != ')'; first = false) {
        if (to && !first)
            buffer_text(to, ", ");
        if (!append_type(to, &at))
            return false;
    }
    if (to)
        buffer_char(to, ')');
    at++;
    return append_type(NULL, &at) && *at == '\0';
}

/* Where the class ends and the method begins. */
static bool split_class(struct method *method, const char *name, size_t length)
{
    const char *end = *name == 'L' ? memchr(name, ';', length) : NULL;
    if (end) {
        method->class_name = name + 1;
        method->name = end + 1;
        method->name += strncmp(method->name, "::", 2) == 0 ? 2 : 0;
    } else {
        for (size_t i = 0; i < length; i++)
            end = name[i] == '.' ? name + i : end;
        if (!method->parameters || !end || !memchr(name, '/', (size_t)(end - name)))
            return false;
        method->class_name = name;
        method->name = end + 1;
    }
    method->class_length = (size_t)(end - method->class_name);
    if (method->name >= name + length || method->class_length == 0 || *method->class_name == '/')
        return false;
    method->name_length = (size_t)(name + length - method->name);
    return true;
}

static bool has_any(const char *text, size_t length, const char *characters)
{
    for (size_t i = 0; i < length; i++)
        if (strchr(characters, text[i]))
            return true;
    return false;
}

/* The length of a type as in Java's source, "java.lang.String[]"; 0 if there is none. */
static size_t source_type(const char *at)
{
    static const char brackets[] = "[]";
    size_t length = strcspn(at, " ,:;<>()[]*&~");
    while (length && strncmp(at + length, brackets, sizeof brackets - 1) == 0)
        length += sizeof brackets - 1;
    return length;
}

/* True for "TYPE, TYPE)" and for ")", if nothing is behind. */
static bool has_source_parameters(const char *at)
{
    bool first = true;
    for (; *at != ')'; first = false) {
        if (!first && strncmp(at, ", ", 2) != 0)
            return false;
        at += first ? 0 : 2;
        size_t length = source_type(at);
        if (length == 0)
            return false;
        at += length;
    }
    return at[1] == '\0';
}

/* The length of "CLASS.METHOD"; 0 if there is none. */
static size_t source_method(const char *at)
{
    size_t length = strcspn(at, " ,:;<>()[]*&~");
    const char *dot = memrchr(at, '.', length);
    if (!dot || dot == at || (dot[1] >= '0' && dot[1] <= '9'))
        return 0;
    if (dot[1] == '<')
        length += strncmp(dot + 1, "<init>", 6) == 0     ? 6
                  : strncmp(dot + 1, "<clinit>", 8) == 0 ? 8
                                                         : 0;
    return dot + 1 == at + length ? 0 : length;
}

/* Appends CLASS.METHOD of "TYPE CLASS.METHOD(TYPES)"; false if it is nothing of that kind: C++
 * writes "void f(int)", .NET "void [a] b::c(int)". */
static bool append_source_method(struct buffer *to, const char *name)
{
    size_t type = source_type(name);
    if (type == 0 || name[type] != ' ')
        return false;
    const char *method = name + type + 1;
    size_t length = source_method(method);
    if (length == 0 || method[length] != '(' || !has_source_parameters(method + length + 1))
        return false;
    buffer_append(to, method, length);
    return true;
}

bool demangle_java(struct buffer *to, const char *name, bool parameters)
{
    struct method method = {0};
    size_t length = strnlen(name, LIMIT_NAME_BYTES), before = to->size;
    if (length == 0 || length >= LIMIT_NAME_BYTES / 10) /* "Z" becomes "boolean, " */
        return false;
    if (!parameters && append_source_method(to, name))
        return !to->failed;
    const char *bracket = memchr(name, '(', length);
    if (bracket) {
        method.parameters = bracket + 1;
        length = (size_t)(bracket - name);
    }
    if (length == 0 || !split_class(&method, name, length) ||
        has_any(method.class_name, method.class_length, " :;[)") ||
        has_any(method.name, method.name_length, " :;[)/") ||
        (method.parameters && !append_parameters(NULL, method.parameters)))
        return false;
    append_class(to, method.class_name, method.class_length);
    buffer_char(to, '.');
    buffer_append(to, method.name, method.name_length);
    if (parameters && method.parameters)
        append_parameters(to, method.parameters);
    if (!to->failed)
        return true;
    to->size = before;
    return false;
}
