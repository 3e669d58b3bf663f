//! As much of JSON Schema (draft 4) as the schema of SARIF uses; what it does not know makes it panic.
#![allow(unreachable_pub, clippy::unwrap_used, reason = "a test that fails may panic")]

use serde_json::Value;

/// What is wrong with a value, each with where; nothing where it is valid.
pub fn faults(schema: &Value, value: &Value) -> Vec<String> {
    let mut out = Vec::new();
    check(schema, schema, value, "", &mut out);
    out
}

fn valid(root: &Value, schema: &Value, value: &Value) -> bool {
    let mut out = Vec::new();
    check(root, schema, value, "", &mut out);
    out.is_empty()
}

fn is(kind: &str, value: &Value) -> bool {
    match kind {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "integer" => value.is_i64() || value.is_u64(),
        "number" => value.is_number(),
        "boolean" => value.is_boolean(),
        "null" => value.is_null(),
        other => panic!("type {other}"),
    }
}

fn check(root: &Value, schema: &Value, value: &Value, at: &str, out: &mut Vec<String>) {
    let list = |v: &Value| v.as_array().cloned().unwrap_or_default();
    let mut wrong = |what: String| out.push(format!("{at}: {what}"));
    for (key, rule) in schema.as_object().unwrap() {
        match key.as_str() {
            "$ref" => {
                let target = root
                    .pointer(rule.as_str().unwrap().strip_prefix('#').unwrap())
                    .expect("the definition is there");
                check(root, target, value, at, out);
                return;
            }
            "type" => {
                let kinds = if rule.is_array() { list(rule) } else { vec![rule.clone()] };
                if !kinds.iter().any(|k| is(k.as_str().unwrap(), value)) {
                    wrong(format!("is no {rule}"));
                }
            }
            "enum" if !list(rule).contains(value) => wrong(format!("{value} is none of {rule}")),
            "required" => {
                for name in list(rule)
                    .iter()
                    .filter_map(Value::as_str)
                    .filter(|n| value.is_object() && value.get(n).is_none())
                {
                    wrong(format!("has no `{name}`"));
                }
            }
            "minItems"
                if value.as_array().is_some_and(|a| (a.len() as u64) < rule.as_u64().unwrap()) =>
            {
                wrong("has too few items".into())
            }
            "uniqueItems" if rule == true => {
                let items = list(value);
                if items.iter().enumerate().any(|(i, item)| items[..i].contains(item)) {
                    wrong("says something twice".into());
                }
            }
            "minimum" if value.as_f64().is_some_and(|n| n < rule.as_f64().unwrap()) => {
                wrong(format!("{value} is too small"))
            }
            "maximum" if value.as_f64().is_some_and(|n| n > rule.as_f64().unwrap()) => {
                wrong(format!("{value} is too large"))
            }
            "minLength"
                if value.as_str().is_some_and(|s| (s.len() as u64) < rule.as_u64().unwrap()) =>
            {
                wrong("is too short".into())
            }
            "pattern" if value.is_string() => {
                // The patterns of dates, GUIDs and media types, none of which is written here.
                wrong(format!("{value} is held against no pattern, say how"));
            }
            "anyOf" if !list(rule).iter().any(|s| valid(root, s, value)) => {
                wrong("fits none of `anyOf`".into())
            }
            "oneOf" if list(rule).iter().filter(|s| valid(root, s, value)).count() != 1 => {
                wrong("does not fit one of `oneOf`".into())
            }
            "allOf" if !list(rule).iter().all(|s| valid(root, s, value)) => {
                wrong("does not fit all of `allOf`".into())
            }
            "not" if valid(root, rule, value) => wrong("is what it must not be".into()),
            "properties"
            | "additionalProperties"
            | "items"
            | "enum"
            | "minItems"
            | "uniqueItems"
            | "minimum"
            | "maximum"
            | "minLength"
            | "pattern"
            | "anyOf"
            | "oneOf"
            | "allOf"
            | "not"
            | "description"
            | "default"
            | "title"
            | "format"
            | "definitions"
            | "id"
            | "$schema"
            | "$id" => {}
            other => panic!("the schema says `{other}`, which is not understood here"),
        }
    }
    if let (Some(known), Some(object)) =
        (schema.get("properties").and_then(Value::as_object), value.as_object())
    {
        for (name, value) in object {
            match (known.get(name), schema.get("additionalProperties")) {
                (Some(rule), _) => check(root, rule, value, &format!("{at}/{name}"), out),
                (None, Some(Value::Bool(false))) => {
                    out.push(format!("{at}: `{name}` is not known"))
                }
                (None, Some(rule)) if rule.is_object() => {
                    check(root, rule, value, &format!("{at}/{name}"), out)
                }
                _ => {}
            }
        }
    } else if let (Some(rule), Some(object)) =
        (schema.get("additionalProperties").filter(|r| r.is_object()), value.as_object())
    {
        for (name, value) in object {
            check(root, rule, value, &format!("{at}/{name}"), out);
        }
    }
    if let (Some(rule), Some(items)) = (schema.get("items"), value.as_array()) {
        for (index, item) in items.iter().enumerate() {
            check(root, rule, item, &format!("{at}/{index}"), out);
        }
    }
}
