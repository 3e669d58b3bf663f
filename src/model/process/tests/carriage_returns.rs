//! Scripts with CRLF line endings, and whether real shells run the line after them: `carriage_returns.txt` holds one
//! after another, `===` with what dash, Bash and the shell of busybox do, and lines in which `<CR>` stands for one.

use super::super::carriage_returns::{CarriageReturns, outcome};
use crate::model::exec_context::Dialect;
use crate::source::{MemoryFiles, Sources};

#[test]
fn shells_stop_where_real_ones_stop() {
    let files = MemoryFiles::new();
    let sources = Sources::new(&files);
    let mut wrong = String::new();
    for case in include_str!("carriage_returns.txt").split("=== ").skip(1) {
        let (head, body) = case.split_once('\n').unwrap();
        let text = sources.add("run.sh", &body.replace("<CR>", "\r")).body();
        let words: Vec<&str> = head.split(' ').collect();
        for pair in words.chunks(2) {
            let dialect = match pair[0] {
                "bash" => Dialect::Bash,
                "ash" => Dialect::Ash,
                _ => Dialect::Dash,
            };
            let stops = matches!(outcome(&text, dialect), Some(CarriageReturns::Stop(_)));
            if stops != (pair[1] == "stops") {
                wrong.push_str(&format!("{} {}:\n{body}", pair[0], pair[1]));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}
