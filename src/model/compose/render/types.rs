//! The vocabulary of the tables: what Compose decodes a value into, and when it prints it.

/// What a value is decoded into.
#[derive(Debug, Clone, Copy)]
pub(super) enum Type {
    /// A text; a whole number is written as one.
    Text,
    /// A list of texts.
    Texts,
    /// A list of texts, or one alone.
    TextOrList,
    /// The same, with anything in the list written as a text (`expose`).
    Numbers,
    /// A boolean; a text such as `yes` is one.
    Bool,
    /// A whole number of 64 bits; a text may be one.
    Int,
    /// A whole number that is not negative. Interpolation makes one of a text before it comes here.
    Count,
    /// The same with fewer bits, where a text is none.
    Unsigned(u32),
    /// A number of single precision; a text may be one.
    Float32,
    /// A size in bytes: a number, or a text such as `512m`; printed as a text of digits.
    Bytes,
    /// A span of time such as `1m30s`; printed the way Go prints one.
    Duration,
    /// A mapping to texts that takes nothing else.
    TextMap,
    /// A mapping, or a list of `name=value`; no value is the empty text.
    Mapping,
    /// A mapping to anything, written as texts.
    Options,
    /// The same, where a value may be a list.
    MultiOptions,
    /// A mapping, or a list of `name=value`; no value is null.
    Environment,
    /// Hosts and addresses, printed as a list of `host=address`.
    Hosts,
    /// A command: a list of words, or a text that is split.
    Command,
    /// A test of health: a list, or a text for the shell.
    Test,
    /// A limit: one number, or a soft and a hard one.
    Ulimit,
    /// A file of variables.
    EnvFile,
    /// Keys of an SSH agent.
    Ssh,
    /// Permissions of a file: a text of octal digits, or a number.
    Mode,
    /// A number of devices, or `all`.
    DeviceCount,
    /// Named fields.
    Record(&'static Table),
    /// A list of one type.
    List(&'static Self),
    /// A mapping of names to one type.
    Map(&'static Self, Names),
}

/// What a mapping of names does with the unusual ones.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Names {
    /// Names that begin with `x-` are names like others; elsewhere Compose gathers them under `#extensions`.
    pub(super) free: bool,
    /// A name without a value stays null; elsewhere it is an empty record.
    pub(super) null: bool,
}

/// When a field is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shown {
    /// Unless its value is the zero of its type: `false`, 0, the empty text, list or mapping.
    NotZero,
    /// Wherever it was given a value, also a zero.
    Given,
    Always,
    /// In YAML where it was given a value, in JSON always, as null when it was not.
    NullInJson,
}

/// A field of a record.
#[derive(Debug, Clone, Copy)]
pub(super) struct Field {
    /// Its key.
    pub(super) name: &'static str,
    /// Its key in JSON, where that is another.
    pub(super) json: Option<&'static str>,
    pub(super) of: Type,
    /// When it is printed.
    pub(super) shown: Shown,
}

/// A record: its fields in the order in which they are printed.
#[derive(Debug)]
pub(super) struct Table {
    pub(super) fields: &'static [Field],
    /// Whether keys that begin with `x-` are kept (for YAML; JSON drops them).
    pub(super) extended: bool,
}

/// A field that is left out when it is zero.
pub(super) const fn field(name: &'static str, of: Type) -> Field {
    Field { name, json: None, of, shown: Shown::NotZero }
}

/// A field that is left out when it was not given.
pub(super) const fn given(name: &'static str, of: Type) -> Field {
    Field { name, json: None, of, shown: Shown::Given }
}

/// A field that is always printed.
pub(super) const fn always(name: &'static str, of: Type) -> Field {
    Field { name, json: None, of, shown: Shown::Always }
}

/// A command: JSON says `null` where there is none.
pub(super) const fn command(name: &'static str) -> Field {
    Field { name, json: None, of: Type::Command, shown: Shown::NullInJson }
}

impl Field {
    /// The same with another key in JSON.
    pub(super) const fn in_json(mut self, name: &'static str) -> Self {
        self.json = Some(name);
        self
    }
}
