//! Plans as people read them: one line per node, and the same as a tree for other renderers.

use std::fmt;

use serde::{Deserialize, Serialize};
use weft_core::source::Estimate;

use crate::nodes::NodeKind;
use crate::optimize::Optimized;
use crate::plan::LogicalPlan;
use crate::statistics::estimate;

/// A node of a plan as `explain` shows it. Printed as indented text, without a newline at the end.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ExplainNode {
    /// The node's word: `scan`, `where`, `join`, ….
    pub name: String,
    /// Names and values in order; the most telling value has no name.
    pub details: Vec<(String, String)>,
    /// The rows it is expected to yield, where that can be told.
    pub rows: Option<RowCount>,
    /// Its inputs.
    pub children: Vec<ExplainNode>,
}

/// A number of rows, known or guessed. Printed as `1,000 rows` or `~1,000 rows`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct RowCount {
    /// The number.
    pub rows: u64,
    /// Whether it is known for certain.
    pub exact: bool,
}

impl From<Estimate> for RowCount {
    fn from(estimate: Estimate) -> Self {
        RowCount { rows: estimate.value(), exact: matches!(estimate, Estimate::Exact(_)) }
    }
}

impl ExplainNode {
    /// The tree of `plan`.
    pub fn of(plan: &LogicalPlan) -> Self {
        let details = plan.node().details().into_iter().map(|(name, value)| (name.to_string(), value)).collect();
        ExplainNode {
            name: plan.node().name().to_string(),
            details,
            rows: estimate(plan).rows.map(RowCount::from),
            children: plan.inputs().into_iter().map(ExplainNode::of).collect(),
        }
    }

    /// The node's own line: `where a > 1  [~3 rows]`.
    pub fn line(&self) -> String {
        let mut line = self.heading();
        if let Some(rows) = self.rows {
            line.push_str(&format!("  [{rows}]"));
        }
        line
    }

    /// The line without the number of rows.
    pub fn heading(&self) -> String {
        let details: Vec<String> = self.details.iter().map(|(name, value)| detail(name, value)).collect();
        if details.is_empty() { self.name.clone() } else { format!("{} {}", self.name, details.join("; ")) }
    }

    fn write(&self, f: &mut fmt::Formatter<'_>, depth: usize) -> fmt::Result {
        if depth > 0 {
            writeln!(f)?;
        }
        write!(f, "{:indent$}{}", "", self.line(), indent = depth * 2)?;
        self.children.iter().try_for_each(|child| child.write(f, depth + 1))
    }
}

fn detail(name: &str, value: &str) -> String {
    match name {
        "" => value.to_string(),
        name => format!("{name} {value}"),
    }
}

impl fmt::Display for ExplainNode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.write(f, 0)
    }
}

impl fmt::Display for RowCount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let digits = self.rows.to_string();
        f.write_str(if self.exact { "" } else { "~" })?;
        for (i, digit) in digits.chars().enumerate() {
            if i > 0 && (digits.len() - i).is_multiple_of(3) {
                f.write_str(",")?;
            }
            write!(f, "{digit}")?;
        }
        f.write_str(if self.rows == 1 { " row" } else { " rows" })
    }
}

/// `plan` as indented text, one line per node.
pub fn explain(plan: &LogicalPlan) -> String {
    ExplainNode::of(plan).to_string()
}

/// A plan as written and as it runs, with the rules between.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Explanation {
    /// As written.
    pub logical: ExplainNode,
    /// As it runs.
    pub optimized: ExplainNode,
    /// The rules that changed something, in order.
    pub rules: Vec<RuleTrace>,
}

/// What a rule did to a plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RuleTrace {
    /// The round, from 1.
    pub round: usize,
    /// The rule's name.
    pub rule: String,
    /// The lines that stand in the plan no more, without indentation.
    pub removed: Vec<String>,
    /// The lines that are new.
    pub added: Vec<String>,
}

impl Explanation {
    /// Explains `logical` and what the optimizer made of it.
    pub fn new(logical: &LogicalPlan, optimized: &Optimized) -> Self {
        let mut before = headings(logical);
        let mut rules = Vec::with_capacity(optimized.steps().len());
        for step in optimized.steps() {
            let after = headings(&step.plan);
            let (removed, added) = (missing(&before, &after), missing(&after, &before));
            rules.push(RuleTrace { round: step.round, rule: step.rule.to_string(), removed, added });
            before = after;
        }
        Explanation { logical: ExplainNode::of(logical), optimized: ExplainNode::of(optimized.plan()), rules }
    }
}

impl fmt::Display for Explanation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "logical\n{}\n", self.logical)?;
        write!(f, "optimized\n{}", self.optimized)?;
        if !self.rules.is_empty() {
            f.write_str("\n\nrules")?;
        }
        for rule in &self.rules {
            write!(f, "\n{}. {}", rule.round, rule.rule)?;
            rule.removed.iter().try_for_each(|line| write!(f, "\n  - {line}"))?;
            rule.added.iter().try_for_each(|line| write!(f, "\n  + {line}"))?;
        }
        Ok(())
    }
}

fn headings(plan: &LogicalPlan) -> Vec<String> {
    fn collect(node: &ExplainNode, lines: &mut Vec<String>) {
        lines.push(node.heading());
        node.children.iter().for_each(|child| collect(child, lines));
    }
    let mut lines = Vec::new();
    collect(&ExplainNode::of(plan), &mut lines);
    lines
}

/// The lines of `from` that `of` has not, or less often.
fn missing(from: &[String], of: &[String]) -> Vec<String> {
    let mut left = of.to_vec();
    let mut missing = Vec::new();
    for line in from {
        match left.iter().position(|l| l == line) {
            Some(at) => drop(left.swap_remove(at)),
            None => missing.push(line.clone()),
        }
    }
    missing
}

#[cfg(test)]
mod tests {
    use weft_core::Settings;

    use super::*;
    use crate::testing::*;

    fn plan() -> LogicalPlan {
        let plan = numbers().filter(gt(col("b"), int(1))).unwrap();
        plan.select_columns(["a"]).unwrap().limit(0, Some(2)).unwrap()
    }

    #[test]
    fn one_line_for_each_node_with_its_rows() {
        let expected = "take 2  [~2 rows]\n  select a  [~2 rows]\n    where b > 1  [~2 rows]\n      scan numbers  [6 rows]";
        assert_eq!(explain(&plan()), expected);
        assert_eq!(RowCount { rows: 1_234_567, exact: true }.to_string(), "1,234,567 rows");
        assert_eq!(RowCount { rows: 1, exact: false }.to_string(), "~1 row");
    }

    #[test]
    fn the_tree_survives_serialization() {
        let node = ExplainNode::of(&plan());
        let text = serde_json::to_string(&node).unwrap();
        assert_eq!(serde_json::from_str::<ExplainNode>(&text).unwrap(), node);
        assert_eq!(node.children[0].name, "select");
    }

    #[test]
    fn the_trace_says_which_rule_did_what() {
        let optimized = crate::optimize(&plan(), &registry(), &Settings::new(), &Default::default()).unwrap();
        let explanation = Explanation::new(&plan(), &optimized);
        let pruning = explanation.rules.iter().find(|r| r.rule == "column_pruning").unwrap();
        assert_eq!(pruning.removed, ["scan numbers"]);
        assert_eq!(pruning.added, ["scan numbers; columns 2 of 3: a, b"]);
        let text = explanation.to_string();
        assert!(text.starts_with("logical\ntake 2"), "{text}");
        assert!(text.contains("\noptimized\nselect a"), "{text}");
        assert!(text.contains("\n1. column_pruning\n  - scan numbers\n"), "{text}");
    }
}
