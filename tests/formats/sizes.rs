//! Reports that are longer than their readers take.

use super::*;

#[test]
fn thirty_thousand_findings_are_written_and_bounded() {
    let findings: Vec<_> = (0..30_000)
        .map(|n| {
            (
                if n % 3 == 0 { Severity::Error } else { Severity::Info },
                "the `host` is localhost, and that is wrong",
                "say:\n  HOST: db",
            )
        })
        .collect();
    made("compose.yaml", &findings, |report, sources| {
        for format in &FORMATS {
            let begun = std::time::Instant::now();
            let Rendered { text, .. } = render(
                format,
                report,
                sources,
                &Wanted { options: LOOK, most: format.most, above: "" },
            );
            assert!(begun.elapsed().as_secs() < 120, "{}: {:?}", format.name, begun.elapsed());
            let text = text.as_str();
            match format.name {
                "sarif" => {
                    let run = json(text)["runs"][0].clone();
                    let results = run["results"].as_array().unwrap();
                    assert_eq!(results.len(), 25_000);
                    assert_eq!(
                        results.iter().filter(|r| r["level"] == "error").count(),
                        10_000,
                        "no error is left out"
                    );
                    let told =
                        run["invocations"][0]["toolExecutionNotifications"].as_array().unwrap();
                    assert!(
                        told.iter().any(|n| n["message"]["text"]
                            .as_str()
                            .unwrap()
                            .starts_with("5000 further findings")),
                        "{told:?}"
                    );
                }
                "markdown" => {
                    assert!(text.len() <= 65_536 && text.len() > 50_000, "{}", text.len());
                    let explained = text.lines().filter(|l| l.starts_with("<details>")).count();
                    assert!(
                        explained > 10
                            && text.contains(&format!(
                                "\n{} findings are not explained here",
                                30_000 - explained
                            )),
                        "{explained}"
                    );
                    let rows = text.lines().filter(|l| l.starts_with("| error")).count();
                    assert!(
                        text.contains(&format!(
                            "\n{} further findings are left out",
                            30_000 - rows
                        ))
                    );
                    assert_eq!(
                        text.matches("<details>").count(),
                        text.matches("</details>").count()
                    );
                }
                "gitlab" => {
                    let list = json(text);
                    let prints: BTreeSet<_> = list
                        .as_array()
                        .unwrap()
                        .iter()
                        .map(|e| e["fingerprint"].as_str().unwrap())
                        .collect();
                    assert_eq!(prints.len(), 30_000);
                }
                name => assert_eq!(rules_in(name, text).len(), format.most.min(30_000), "{name}"),
            }
        }
    });
}

#[test]
fn the_longest_texts_fit_into_a_summary() {
    let long = "<&|`_".repeat(5_000);
    let findings: Vec<_> =
        (0..40).map(|_| (Severity::Error, long.as_str(), long.as_str())).collect();
    made(&"<_".repeat(2_000), &findings, |report, sources| {
        let text = written("markdown", report, sources);
        assert!(text.len() <= 65_536, "{}", text.len());
        assert!(text.contains(" findings are not explained here"), "{}", &text[text.len() - 400..]);
    });
}
