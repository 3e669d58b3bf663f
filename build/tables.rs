//! The tables of facts: the keys of an entry, in each file.

use super::Kind::{
    Choice, Choices, Count, Flag, Known, Like, List, Maybe, MaybeChoice, Of, Port, Ports, Text,
    Texts,
};
use super::{DataFile, Kind, More, NO_DATE, Table};

/// A table of which nothing but the list is made.
const fn table(
    name: &'static str,
    list: &'static str,
    item: &'static str,
    keys: &'static [(&'static str, Kind)],
) -> Table {
    Table { name, list, item, keys, more: More::Nothing }
}

/// What an image is there for.
const ROLES: &[&str] = &[
    "database",
    "broker",
    "cache",
    "search",
    "store",
    "proxy",
    "web",
    "interface",
    "mail",
    "language",
    "system",
    "application",
    "tool",
];
/// What an image holds besides its own program.
const CONTENTS: &[&str] = &["little", "full", "busybox"];
/// What a program may make of a project's files in a build.
const MAKES: &[&str] = &["nothing", "assets"];
/// Kinds of files that programs look for.
const FILE_KINDS: &[&str] = &["compose", "override", "compose_stem", "dockerfile", "env"];
/// The distributions that images stand on.
const SYSTEMS: &[&str] = &["debian", "ubuntu", "alpine", "oracle", "redhat", "other"];

/// The files of facts.
pub(crate) const FILES: &[DataFile] = &[
    DataFile {
        path: "data/facts.toml",
        date: "date",
        tables: &[
            table(
                "release",
                "RELEASES",
                "Release",
                &[("distribution", Text), ("name", Text), ("version", Text), ("archived", Maybe)],
            ),
            table(
                "gone",
                "GONE",
                "Gone",
                &[("package", Text), ("distribution", Text), ("since", Text), ("instead", Text)],
            ),
            table("latest", "LATEST", "Latest", &[("image", Text), ("version", Text)]),
            table(
                "option",
                "OPTIONS",
                "RemovedOption",
                &[("image", Text), ("option", Text), ("since", Text), ("instead", Text)],
            ),
            table(
                "folder",
                "FOLDERS",
                "MovedFolder",
                &[("image", Text), ("since", Text), ("before", Text), ("after", Text)],
            ),
            table(
                "setting",
                "SETTINGS",
                "RemovedSetting",
                &[
                    ("setting", Text),
                    ("since", Text),
                    ("successor", Text),
                    ("effect", Text),
                    ("instead", Text),
                    ("default", Text),
                ],
            ),
            table(
                "needs_python",
                "NEEDS_PYTHON",
                "NeedsPython",
                &[("package", Text), ("since", Text), ("python", Text)],
            ),
            table(
                "breaks_on",
                "BREAKS_ON",
                "BreaksOn",
                &[
                    ("package", Text),
                    ("before", Text),
                    ("python", Text),
                    ("module", Text),
                    ("unless", List),
                ],
            ),
            table(
                "wheel",
                "WHEELS",
                "Wheel",
                &[("package", Text), ("python", Text), ("since", Text)],
            ),
            table(
                "program",
                "PROGRAMS",
                "ProgramGone",
                &[("image", Text), ("program", Text), ("since", Text), ("instead", Text)],
            ),
            table(
                "command",
                "COMMANDS",
                "RemovedCommand",
                &[
                    ("program", Text),
                    ("command", Text),
                    ("since", Text),
                    ("until", Maybe),
                    ("answer", Text),
                    ("instead", Text),
                ],
            ),
            table(
                "removed",
                "REMOVED",
                "RemovedImage",
                &[("prefix", Text), ("instead", Text), ("kept", Texts)],
            ),
        ],
    },
    DataFile {
        path: "data/pairs.toml",
        date: "date",
        tables: &[
            table(
                "needs_server",
                "NEEDS_SERVER",
                "NeedsServer",
                &[
                    ("package", Text),
                    ("since", Text),
                    ("image", Text),
                    ("server", Text),
                    ("title", Text),
                ],
            ),
            table(
                "tool_command",
                "TOOL_COMMANDS",
                "ToolCommand",
                &[
                    ("tool", Text),
                    ("command", Text),
                    ("option", Maybe),
                    ("since", Text),
                    ("answer", Text),
                    ("instead", Maybe),
                    ("plugin", Maybe),
                ],
            ),
            table(
                "extension",
                "EXTENSIONS",
                "Extension",
                &[("name", Text), ("operations", Texts), ("lacking", List), ("instead", Maybe)],
            ),
            table(
                "native",
                "NATIVES",
                "Native",
                &[
                    ("package", Text),
                    ("module", Maybe),
                    ("library", Text),
                    ("build", Flag),
                    ("full", Flag),
                    ("words", Texts),
                    ("names", Texts),
                    ("unless", Texts),
                    ("answer", Text),
                    ("debian", Text),
                    ("alpine", Maybe),
                ],
            ),
            table("scheme", "SCHEMES", "UrlSchemes", &[("names", List)]),
            table(
                "login",
                "LOGINS",
                "LoginPair",
                &[
                    ("driver", Text),
                    ("image", Text),
                    ("since", Text),
                    ("needs", Text),
                    ("extra", Text),
                    ("options", List),
                    ("answer", Text),
                ],
            ),
        ],
    },
    DataFile {
        path: "data/images.toml",
        date: "checked",
        tables: &[
            Table {
                more: More::Enum("Family"),
                ..table(
                    "family",
                    "FAMILIES",
                    "FamilyFacts",
                    &[
                        ("name", Text),
                        ("title", Text),
                        ("role", Choice("Role", ROLES)),
                        ("bare", Texts),
                    ],
                )
            },
            Table {
                more: More::Index("names", "IMAGE_NAMES"),
                ..table(
                    "image",
                    "IMAGES",
                    "ImageFacts",
                    &[
                        ("names", List),
                        ("family", Of("Family", "family")),
                        ("like", Like),
                        ("system", MaybeChoice("System", SYSTEMS)),
                        ("contents", MaybeChoice("Contents", CONTENTS)),
                        ("runs_as", Maybe),
                        ("plain_start", Flag),
                        ("prompt", Maybe),
                        ("version_word", Maybe),
                        ("server", Texts),
                        ("port", Port),
                        ("ports", Ports),
                        ("data", Maybe),
                        ("user_variables", Texts),
                        ("default_user", Maybe),
                        ("password_variables", Texts),
                        ("root_password_variables", Texts),
                        ("database_variables", Texts),
                        ("default_database", Maybe),
                        ("needs", Texts),
                        ("trusts_when", Texts),
                        ("empty_when", Texts),
                        ("reads", Texts),
                        ("reads_all", Flag),
                        ("health_check", Known),
                        ("probe", Texts),
                        ("alpine_probe", Texts),
                        ("tools", Texts),
                        ("lacks", Texts),
                        ("exposes", Maybe),
                        ("login_variables", Texts),
                    ],
                )
            },
            table(
                "stands_on",
                "STANDS_ON",
                "StandsOn",
                &[("image", Text), ("series", Text), ("now", Text), ("until", List)],
            ),
        ],
    },
    DataFile {
        path: "data/programs.toml",
        date: "checked",
        tables: &[
            Table {
                more: More::Index("names", "PROGRAM_NAMES"),
                ..table(
                    "program",
                    "ALL_PROGRAMS",
                    "ProgramFacts",
                    &[
                        ("names", List),
                        ("one_shot", Flag),
                        ("asks", Flag),
                        ("ends_check", Flag),
                        ("makes", MaybeChoice("Makes", MAKES)),
                        ("quiet", Flag),
                        ("listens", Flag),
                        ("installs", Flag),
                        ("wants_arguments", Flag),
                        ("copied", Flag),
                        ("shell", Flag),
                        ("serves", Flag),
                    ],
                )
            },
            table(
                "wrapper",
                "WRAPPERS",
                "Wrapper",
                &[
                    ("name", Text),
                    ("words", Texts),
                    ("valued", Texts),
                    ("python", Flag),
                    ("positional", Count),
                    ("assignments", Flag),
                ],
            ),
            Table {
                more: More::Index("names", "MANAGEMENT_NAMES"),
                ..table(
                    "management",
                    "MANAGEMENT",
                    "ManagementFacts",
                    &[("names", List), ("one_shot", Flag), ("closed", Flag)],
                )
            },
            table(
                "subcommand",
                "SUBCOMMANDS",
                "SubcommandFacts",
                &[
                    ("program", Text),
                    ("names", List),
                    ("long_running", Flag),
                    ("group", Flag),
                    ("component", Flag),
                    ("wants_tables", Flag),
                    ("creates_tables", Flag),
                ],
            ),
            Table {
                more: More::Index("names", "TOOL_NAMES"),
                ..table(
                    "tool",
                    "TOOLS",
                    "Tool",
                    &[
                        ("names", List),
                        ("packages", List),
                        ("there", Choices("Contents", CONTENTS)),
                        ("debian", Text),
                        ("alpine", Text),
                    ],
                )
            },
            Table {
                more: More::Index("names", "PROBE_NAMES"),
                ..table(
                    "probe",
                    "PROBES",
                    "ProbeFacts",
                    &[
                        ("names", List),
                        ("valued", List),
                        ("attached", Texts),
                        ("commands", Texts),
                        ("with_argument", Texts),
                        ("answer", Text),
                    ],
                )
            },
            table("variable", "VARIABLES", "VariableFacts", &[("names", List), ("reader", Text)]),
            table("surrounding", "SURROUNDINGS", "Surrounding", &[("names", List)]),
        ],
    },
    DataFile {
        path: "data/files.toml",
        date: "checked",
        tables: &[table(
            "file",
            "FILE_NAMES",
            "FileNames",
            &[("kind", Choice("FileKind", FILE_KINDS)), ("names", List)],
        )],
    },
    DataFile {
        path: "data/packages.toml",
        date: "checked",
        tables: &[
            Table {
                more: More::Index("modules", "MODULE_NAMES"),
                ..table(
                    "package",
                    "PACKAGES",
                    "PackageFacts",
                    &[
                        ("name", Text),
                        ("modules", Texts),
                        ("brought_by", Texts),
                        ("command", Maybe),
                        ("command_brought_by", Texts),
                        ("serves", Flag),
                    ],
                )
            },
            table("brings_setuptools", "BRING_SETUPTOOLS", "PackageNames", &[("names", List)]),
            table(
                "driver",
                "DRIVERS",
                "Driver",
                &[("family", Text), ("packages", List), ("system", Text), ("install", Text)],
            ),
            table(
                "library",
                "LIBRARIES",
                "Library",
                &[
                    ("name", Text),
                    ("headers", List),
                    ("runtime", List),
                    ("files", List),
                    ("debian_build", Text),
                    ("alpine_build", Text),
                    ("debian_run", Text),
                    ("alpine_run", Text),
                ],
            ),
            table("compiler", "COMPILERS", "PackageNames", &[("names", List)]),
            table("client", "CLIENTS", "ClientNames", &[("names", List), ("beginnings", List)]),
            table("without_bash", "WITHOUT_BASH", "PackageNames", &[("names", List)]),
            table("closed", "CLOSED", "PackageNames", &[("names", List)]),
        ],
    },
    DataFile {
        path: "data/secrets.toml",
        date: NO_DATE,
        tables: &[
            table(
                "part",
                "PARTS",
                "SecretPart",
                &[
                    ("name", Text),
                    ("password", Flag),
                    ("alone", Flag),
                    ("glued", Flag),
                    ("tails", Texts),
                    ("after", Texts),
                    ("whole", Flag),
                ],
            ),
            table("ending", "ENDINGS", "Words", &[("names", List)]),
            table("weak", "WEAK", "Words", &[("names", List)]),
            table("common", "COMMON", "Words", &[("names", List)]),
            table("own_server", "OWN_SERVERS", "Words", &[("names", List)]),
            table("placeholder", "PLACEHOLDERS", "Words", &[("names", List)]),
            table("confessing", "CONFESSING", "Words", &[("names", List)]),
            table("directive", "DIRECTIVES", "Words", &[("names", List)]),
            table("crypt", "CRYPTS", "Words", &[("names", List)]),
            table("hashed", "HASHED", "Words", &[("names", List)]),
            table("hiding", "HIDING", "Words", &[("names", List)]),
            table("inside", "INSIDE", "Words", &[("names", List)]),
            table("behind", "BEHIND", "Words", &[("names", List)]),
            table("last", "LAST", "Words", &[("names", List)]),
            table("whole", "WHOLE", "Words", &[("names", List)]),
            table("unlike", "UNLIKE", "Words", &[("names", List)]),
            table("pair", "PAIRS", "Words", &[("names", List)]),
            table("login_user", "LOGIN_USERS", "Words", &[("names", List)]),
            table("open_key", "OPEN_KEYS", "Words", &[("names", List)]),
            table("variant", "VARIANTS", "Words", &[("names", List)]),
            table("about", "ABOUT", "Words", &[("names", List)]),
            table("between", "BETWEEN", "Words", &[("names", List)]),
            table("sentence", "SENTENCE", "Words", &[("names", List)]),
            table("instruction", "INSTRUCTIONS", "Words", &[("names", List)]),
            table("running", "RUNNING", "Words", &[("names", List)]),
            table("keyed", "KEYED", "Words", &[("names", List)]),
            table("taking", "TAKING", "Words", &[("names", List)]),
            table("identified", "IDENTIFIED", "Words", &[("names", List)]),
            table("hook", "HOOKS", "Words", &[("names", List)]),
            table(
                "asking",
                "ASKING",
                "Asking",
                &[
                    ("names", List),
                    ("options", Texts),
                    ("attached", Texts),
                    ("logins", Texts),
                    ("words", Texts),
                    ("input", Texts),
                    ("beside", Texts),
                ],
            ),
            table(
                "token",
                "TOKENS",
                "TokenStarts",
                &[
                    ("names", List),
                    ("least", Count),
                    ("inside", Flag),
                    ("dashed", Flag),
                    ("digits", Flag),
                ],
            ),
        ],
    },
];
