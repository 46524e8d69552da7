// What Swift can't see of libyara: unions of references, and loops that are macros.
#pragma once
#include <yara.h>

static inline const char *yara_rule_name(const YR_RULE *rule) { return rule->identifier; }
static inline const char *yara_rule_file(const YR_RULE *rule) { return rule->ns->name; }

/// A text of the rule's `meta` section, or NULL.
static inline const char *yara_meta_text(YR_RULE *rule, const char *name) {
  YR_META *meta;
  yr_rule_metas_foreach(rule, meta) {
    if (meta->type == META_TYPE_STRING && strcmp(meta->identifier, name) == 0) return meta->string;
  }
  return NULL;
}

/// A number of the rule's `meta` section, or `otherwise`.
static inline int64_t yara_meta_number(YR_RULE *rule, const char *name, int64_t otherwise) {
  YR_META *meta;
  yr_rule_metas_foreach(rule, meta) {
    if (meta->type == META_TYPE_INTEGER && strcmp(meta->identifier, name) == 0) return meta->integer;
  }
  return otherwise;
}
