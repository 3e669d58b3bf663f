//! Rule pages in other languages. References and examples are those of the English page.

include!(concat!(env!("OUT_DIR"), "/translations.rs"));

/// A page in another language.
struct Translation {
    /// The folder below `rules/`: a code of ISO 639-1.
    language: &'static str,
    rule: &'static str,
    summary: &'static str,
    /// The sections up to the references.
    page: &'static str,
}

/// The language that pages are printed in.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Language {
    /// English: every page exists.
    #[default]
    English,
    /// Korean: the pages of the rules that most people meet first.
    Korean,
}

/// Words around a page.
pub(super) struct Words {
    pub(super) error: &'static str,
    pub(super) warning: &'static str,
    pub(super) info: &'static str,
    pub(super) high: &'static str,
    pub(super) medium: &'static str,
    pub(super) low: &'static str,
    pub(super) since: [&'static str; 2],
    pub(super) alias: &'static str,
    pub(super) references: &'static str,
    pub(super) example: &'static str,
    pub(super) marks: &'static str,
    pub(super) other_files: &'static str,
}

const ENGLISH: Words = Words {
    error: "error",
    warning: "warning",
    info: "info",
    high: "high confidence",
    medium: "medium confidence",
    low: "low confidence",
    since: ["since ", ""],
    alias: "also known as ",
    references: "References",
    example: "Example",
    marks: "Lines with `-` fail, lines with `+` pass.",
    other_files: "The other files of the example",
};

const KOREAN: Words = Words {
    error: "오류",
    warning: "경고",
    info: "참고",
    high: "신뢰도 높음",
    medium: "신뢰도 보통",
    low: "신뢰도 낮음",
    since: ["", "부터"],
    alias: "다른 이름: ",
    references: "참고 자료",
    example: "예제",
    marks: "`-` 줄이 있으면 보고되고, `+` 줄로 바꾸면 보고되지 않습니다.",
    other_files: "예제의 나머지 파일",
};

/// A rule's page in a language.
pub(super) struct LocalPage {
    pub(super) summary: &'static str,
    pub(super) page: String,
    pub(super) words: &'static Words,
}

impl Language {
    /// The language of a locale such as `ko_KR.UTF-8`: what `LC_ALL`, `LC_MESSAGES` or `LANG` says.
    pub fn of_locale(locale: &str) -> Self {
        let code = locale.split(['_', '.', '@', '-']).next().unwrap_or_default();
        if code.eq_ignore_ascii_case("ko") { Self::Korean } else { Self::English }
    }

    /// The page of a rule; the English one where there is no other.
    pub(super) fn page(
        self,
        rule: &'static str,
        summary: &'static str,
        english: &'static str,
    ) -> LocalPage {
        let translation = match self {
            Self::English => None,
            Self::Korean => TRANSLATIONS.iter().find(|t| t.language == "ko" && t.rule == rule),
        };
        let Some(translation) = translation else {
            return LocalPage { summary, page: english.to_owned(), words: &ENGLISH };
        };
        let words = &KOREAN;
        let rest =
            english.find("\n## References\n").and_then(|at| english.get(at..)).unwrap_or_default();
        let rest = rest
            .replacen("## References", &format!("## {}", words.references), 1)
            .replacen("## Example", &format!("## {}", words.example), 1)
            .replacen(ENGLISH.marks, words.marks, 1);
        LocalPage {
            summary: translation.summary,
            page: format!("{}{rest}", translation.page),
            words,
        }
    }
}
