//! Plans: indented text, and a tree that folds in HTML.

use std::fmt::Write as _;

use super::text::count_text;
use super::visible::{plain, push_html};
use crate::mime::MimeBundle;

/// A node of a plan, as it is shown.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PlanNode {
    /// The node's word: `scan`, `where`, `join`, ….
    pub name: String,
    /// Names and values in order; the most telling value has no name.
    pub details: Vec<(String, String)>,
    /// The rows it yields, and whether that is exact.
    pub rows: Option<(u64, bool)>,
    /// What it did, if it has run: names and values.
    pub metrics: Vec<(String, String)>,
    /// Its inputs.
    pub children: Vec<PlanNode>,
}

impl PlanNode {
    /// `where a > 1; at most 3`
    fn details(&self) -> String {
        let details = self.details.iter().map(|(name, value)| match name.as_str() {
            "" => value.clone(),
            name => format!("{name} {value}"),
        });
        plain(&details.collect::<Vec<_>>().join("; "))
    }

    /// `~1,000 rows · 3 ms`
    fn remarks(&self) -> String {
        let rows = self
            .rows
            .map(|(n, exact)| format!("{}{} row{}", if exact { "" } else { "~" }, count_text(n), if n == 1 { "" } else { "s" }));
        let metrics = self.metrics.iter().map(|(name, value)| format!("{name} {value}"));
        plain(&rows.into_iter().chain(metrics).collect::<Vec<_>>().join(" · "))
    }

    fn push_text(&self, out: &mut String, depth: usize) {
        let (details, remarks) = (self.details(), self.remarks());
        let _ = write!(out, "{:indent$}{}", "", plain(&self.name), indent = depth * 2);
        if !details.is_empty() {
            let _ = write!(out, " {details}");
        }
        if !remarks.is_empty() {
            let _ = write!(out, "  [{remarks}]");
        }
        out.push('\n');
        self.children.iter().for_each(|child| child.push_text(out, depth + 1));
    }

    fn push_html(&self, out: &mut String) {
        let leaf = self.children.is_empty();
        out.push_str(if leaf { LEAF } else { BRANCH });
        out.push_str("<b>");
        push_html(out, &self.name);
        out.push_str("</b> ");
        push_html(out, &self.details());
        let remarks = self.remarks();
        if !remarks.is_empty() {
            out.push_str("<span style=\"opacity:0.55;font-size:0.85em;margin-left:1em\">");
            push_html(out, &remarks);
            out.push_str("</span>");
        }
        if leaf {
            return out.push_str("</div>");
        }
        out.push_str("</summary>");
        out.push_str(INPUTS);
        self.children.iter().for_each(|child| child.push_html(out));
        out.push_str("</div></details>");
    }
}

const BRANCH: &str = "<details open style=\"margin:0.15em 0\"><summary style=\"cursor:pointer\">";
/// As far right as a summary's text, which stands after its triangle.
const LEAF: &str = "<div style=\"margin:0.15em 0;padding-left:1em\">";
const INPUTS: &str = "<div style=\"margin-left:0.4em;padding-left:1.1em;border-left:1px solid #8885\">";

/// Plans with their titles: `optimized` and the like; an empty title is left out.
pub fn explain(sections: &[(&str, PlanNode)]) -> MimeBundle {
    let (mut text, mut html) = (String::new(), String::from("<div style=\"text-align:left;line-height:1.5\">"));
    for (title, plan) in sections {
        if !title.is_empty() {
            let gap = if text.is_empty() { "" } else { "\n" };
            let _ = writeln!(text, "{gap}{}", plain(title));
            html.push_str("<div style=\"font-size:0.85em;opacity:0.6;margin:0.6em 0 0.2em 0\">");
            push_html(&mut html, title);
            html.push_str("</div>");
        }
        plan.push_text(&mut text, 0);
        plan.push_html(&mut html);
    }
    html.push_str("</div>");
    MimeBundle::plain(text.trim_end()).with("text/html", html)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plan() -> PlanNode {
        let scan = PlanNode {
            name: "scan".into(),
            details: vec![(String::new(), "<b>.parquet".into()), ("columns".into(), "2 of 3".into())],
            rows: Some((6_000, true)),
            metrics: vec![("read".into(), "1.2 MB".into())],
            children: Vec::new(),
        };
        let details = vec![(String::new(), "a > \x1b1".into())];
        PlanNode { name: "where".into(), details, rows: Some((1, false)), metrics: Vec::new(), children: vec![scan] }
    }

    #[test]
    fn text_is_indented_under_its_title() {
        let bundle = explain(&[("logical", plan()), ("optimized", PlanNode { name: "empty".into(), ..PlanNode::default() })]);
        let expected =
            "logical\nwhere a > ␛1  [~1 row]\n  scan <b>.parquet; columns 2 of 3  [6,000 rows · read 1.2 MB]\n\noptimized\nempty";
        assert_eq!(bundle.text().unwrap(), expected);
    }

    #[test]
    fn html_folds_and_escapes() {
        let bundle = explain(&[("", plan())]);
        let html = bundle.data["text/html"].as_str().unwrap();
        assert_eq!(html.matches("<details open").count(), 1);
        assert_eq!(html.matches("<div").count(), html.matches("</div>").count());
        assert!(html.contains("&lt;b&gt;.parquet") && !html.contains("<b>.parquet"), "{html}");
    }
}
