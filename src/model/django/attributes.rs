//! What Python's plain values have as attributes, and what they have not.

use super::value::Form;
use super::{Value, ValueKind};

/// Methods of a text. Python library reference, "String Methods", 3.14.
const STR: [&str; 47] = [
    "capitalize",
    "casefold",
    "center",
    "count",
    "encode",
    "endswith",
    "expandtabs",
    "find",
    "format",
    "format_map",
    "index",
    "isalnum",
    "isalpha",
    "isascii",
    "isdecimal",
    "isdigit",
    "isidentifier",
    "islower",
    "isnumeric",
    "isprintable",
    "isspace",
    "istitle",
    "isupper",
    "join",
    "ljust",
    "lower",
    "lstrip",
    "maketrans",
    "partition",
    "removeprefix",
    "removesuffix",
    "replace",
    "rfind",
    "rindex",
    "rjust",
    "rpartition",
    "rsplit",
    "rstrip",
    "split",
    "splitlines",
    "startswith",
    "strip",
    "swapcase",
    "title",
    "translate",
    "upper",
    "zfill",
];

/// Methods of a list. Python library reference, "Mutable Sequence Types".
const LIST: [&str; 11] = [
    "append", "clear", "copy", "count", "extend", "index", "insert", "pop", "remove", "reverse",
    "sort",
];

/// Attributes of whole numbers and booleans. Python library reference, "Additional Methods on Integer Types", 3.14.
const INT: [&str; 12] = [
    "as_integer_ratio",
    "bit_count",
    "bit_length",
    "conjugate",
    "denominator",
    "from_bytes",
    "from_number",
    "imag",
    "is_integer",
    "numerator",
    "real",
    "to_bytes",
];

/// Whether a value surely has no attribute of this name. A dict may stand for an object of a package, and a text with
/// methods of its own for a path, so those are not judged.
pub(super) fn lacks_attribute(value: &Value, name: &str) -> bool {
    if name.starts_with("__") {
        return false;
    }
    match &value.kind {
        ValueKind::None => true,
        ValueKind::Bool(_) | ValueKind::Int(_) => !INT.contains(&name),
        ValueKind::Str(_) if value.form == Form::List => !STR.contains(&name),
        ValueKind::List { .. } if value.form == Form::List => !LIST.contains(&name),
        ValueKind::List { .. } if value.form == Form::Tuple => !matches!(name, "count" | "index"),
        _ => false,
    }
}

/// The error of Python for things of its own that are called, taken apart or asked for what they do not have.
pub(super) fn misuse(name: &str, attribute: &str) -> Option<String> {
    let class = match (name, attribute) {
        ("datetime.datetime", "timedelta" | "datetime" | "timezone") => "datetime.datetime",
        ("datetime.date", "timedelta" | "datetime" | "date") => "datetime.date",
        ("datetime.timedelta", "timedelta") => "datetime.timedelta",
        _ => return None,
    };
    Some(format!("type object '{class}' has no attribute '{attribute}'"))
}
