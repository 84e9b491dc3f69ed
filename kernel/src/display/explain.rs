//! Plans: indented text, and a tree that folds in HTML.

use std::fmt::Write as _;

use weft_core::OperatorMetrics;
use weft_plan::explain::{ExplainNode, Explanation, RuleTrace};

use super::text::{bytes_text, count_text};
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
            out.push_str("<span style=\"opacity:0.55;font-size:0.85em;margin-left:1em;white-space:nowrap\">");
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

impl From<&ExplainNode> for PlanNode {
    fn from(node: &ExplainNode) -> Self {
        PlanNode {
            name: node.name.clone(),
            details: node.details.clone(),
            rows: node.rows.map(|count| (count.rows, count.exact)),
            metrics: Vec::new(),
            children: node.children.iter().map(PlanNode::from).collect(),
        }
    }
}

impl From<&OperatorMetrics> for PlanNode {
    /// An operator of a query that has run, with the counters that are not zero.
    fn from(operator: &OperatorMetrics) -> Self {
        let counts = [
            ("rows in", &operator.rows_in),
            ("files", &operator.files),
            ("row groups read", &operator.row_groups_read),
            ("row groups pruned", &operator.row_groups_pruned),
            ("pages read", &operator.pages_read),
            ("pages pruned", &operator.pages_pruned),
            ("spill files", &operator.spill_files),
        ];
        let sizes = [
            ("read", &operator.bytes_read),
            ("peak memory", &operator.peak_memory),
            ("spilled", &operator.spilled),
            ("read back", &operator.spill_read),
        ];
        let counts = counts.map(|(name, counter)| (name, counter.get(), count_text(counter.get())));
        let sizes = sizes.map(|(name, counter)| (name, counter.get(), bytes_text(counter.get())));
        let nanos = operator.nanos.get();
        let time = [("time", nanos, format!("{:.1} ms", nanos as f64 / 1e6))];
        let all = time.into_iter().chain(counts).chain(sizes).filter(|(_, n, _)| *n > 0);
        let metrics = all.map(|(name, _, text)| (name.to_owned(), text)).collect();
        let rows = Some((operator.rows_out.get(), true));
        PlanNode { name: operator.name.clone(), rows, metrics, ..PlanNode::default() }
    }
}

/// A plan as written, as it runs, and what the optimizer did between, folded.
pub fn explanation(explained: &Explanation) -> MimeBundle {
    let (mut text, mut html) = (String::new(), OPEN.to_owned());
    push_section(&mut text, &mut html, "as written", &PlanNode::from(&explained.logical));
    push_section(&mut text, &mut html, "as it runs", &PlanNode::from(&explained.optimized));
    if !explained.rules.is_empty() {
        text.push_str("\nrules\n");
        let _ =
            write!(html, "<details style=\"margin-top:0.8em\"><summary style=\"cursor:pointer;font-size:0.85em;opacity:0.6\">");
        let _ = write!(html, "rules that changed the plan: {}</summary>", explained.rules.len());
        explained.rules.iter().for_each(|rule| push_rule(&mut text, &mut html, rule));
        html.push_str("</details>");
    }
    html.push_str("</div>");
    MimeBundle::plain(text.trim_end()).with("text/html", html)
}

fn push_rule(text: &mut String, html: &mut String, rule: &RuleTrace) {
    let _ = writeln!(text, "{}. {}", rule.round, plain(&rule.rule));
    html.push_str("<div style=\"margin:0.3em 0 0.3em 1em\">");
    push_html(html, &format!("{}. {}", rule.round, rule.rule));
    let removed = rule.removed.iter().map(|line| ("-", line));
    for (sign, line) in removed.chain(rule.added.iter().map(|line| ("+", line))) {
        let _ = writeln!(text, "  {sign} {}", plain(line));
        let opacity = if sign == "-" { "0.55" } else { "1" };
        let _ = write!(html, "<div style=\"margin-left:1em;opacity:{opacity}\">{sign} ");
        push_html(html, line);
        html.push_str("</div>");
    }
    html.push_str("</div>");
}

const OPEN: &str = "<div style=\"text-align:left;line-height:1.5\">";

/// Plans with their titles: `optimized` and the like; an empty title is left out.
pub fn explain(sections: &[(&str, PlanNode)]) -> MimeBundle {
    let (mut text, mut html) = (String::new(), OPEN.to_owned());
    for (title, plan) in sections {
        push_section(&mut text, &mut html, title, plan);
    }
    html.push_str("</div>");
    MimeBundle::plain(text.trim_end()).with("text/html", html)
}

fn push_section(text: &mut String, html: &mut String, title: &str, plan: &PlanNode) {
    if !title.is_empty() {
        let gap = if text.is_empty() { "" } else { "\n" };
        let _ = writeln!(text, "{gap}{}", plain(title));
        html.push_str("<div style=\"font-size:0.85em;opacity:0.6;margin:0.8em 0 0.2em 0\">");
        push_html(html, title);
        html.push_str("</div>");
    }
    plan.push_text(text, 0);
    plan.push_html(html);
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
    fn an_explanation_shows_both_plans_and_the_rules() {
        let node = |name: &str| ExplainNode { name: name.into(), details: Vec::new(), rows: None, children: Vec::new() };
        let rule = RuleTrace { round: 1, rule: "pruning".into(), removed: vec!["scan <t>".into()], added: vec!["scan".into()] };
        let explained = Explanation { logical: node("take"), optimized: node("scan"), rules: vec![rule] };
        let bundle = explanation(&explained);
        let expected = "as written\ntake\n\nas it runs\nscan\n\nrules\n1. pruning\n  - scan <t>\n  + scan";
        assert_eq!(bundle.text().unwrap(), expected);
        let html = bundle.data["text/html"].as_str().unwrap();
        assert!(html.contains("- scan &lt;t&gt;</div>") && !html.contains("<t>"), "{html}");
    }

    #[test]
    fn operators_show_the_counters_they_have() {
        let operator = OperatorMetrics::new("scan t");
        operator.rows_out.add(1_000);
        operator.nanos.add(2_500_000);
        operator.row_groups_read.add(3);
        operator.bytes_read.add(1_234_000);
        let text = explain(&[("", PlanNode::from(&*operator))]);
        assert_eq!(text.text().unwrap(), "scan t  [1,000 rows · time 2.5 ms · row groups read 3 · read 1.2 MB]");
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
