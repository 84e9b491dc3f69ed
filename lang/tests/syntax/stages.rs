//! Every stage and statement gives the tree that it should.

use weft_lang::syntax::{Core, GroupBody, JoinKind, Pipe, SourceKind, Stage, StmtKind, Value, parse};

use super::sexpr::{key, sexpr};

fn pipe(text: &str) -> Pipe {
    let (cell, diagnostics) = parse(text);
    assert_eq!(diagnostics, [], "{text}");
    let StmtKind::Pipe(pipe) = cell.stmts.into_iter().next().unwrap().kind else { panic!("{text}") };
    pipe
}

fn stage(text: &str) -> Stage {
    pipe(&format!("t | {text}")).stages.remove(0)
}

fn statement(text: &str) -> StmtKind {
    let (cell, diagnostics) = parse(text);
    assert_eq!(diagnostics, [], "{text}");
    cell.stmts.into_iter().next().unwrap().kind
}

#[test]
fn options_are_collected() {
    let stage = stage("distinct a, b, keep: \"last\"");
    let Core::Items(items) = &stage.core else { panic!("items") };
    assert_eq!(items.len(), 2);
    assert_eq!(stage.options.len(), 1);
    assert_eq!(stage.options[0].name.text, "keep");
}

#[test]
fn named_arguments_of_a_verb_are_options() {
    let bare = stage("write \"x.parquet\", partition_by: [country], mode: \"overwrite\"");
    let called = stage("write(\"x.parquet\", partition_by: [country], mode: \"overwrite\")");
    for stage in [bare, called] {
        let Core::Args(args) = &stage.core else { panic!("args") };
        assert_eq!(args.len(), 1);
        let names: Vec<&str> = stage.options.iter().map(|option| option.name.as_str()).collect();
        assert_eq!(names, ["partition_by", "mode"]);
    }
    let Core::Args(args) = stage("show").core else { panic!("args") };
    assert!(args.is_empty());
}

#[test]
fn sort_keys() {
    let Core::Keys(keys) = stage("sort a desc, b.c nulls first, -d asc").core else { panic!("keys") };
    assert_eq!(keys.iter().map(key).collect::<Vec<_>>(), ["a desc", "b.c nulls first", "(neg d)"]);
}

#[test]
fn groups() {
    let Core::Group { keys, body } = stage("group a, m = ts.month() { n = count(), }").core else { panic!("group") };
    assert_eq!(keys.len(), 2);
    assert!(matches!(body, GroupBody::Items(items) if items.len() == 1));
    let Core::Group { body, .. } = stage("group a { | sort b | take 1 }").core else { panic!("group") };
    assert!(matches!(body, GroupBody::Stages(stages) if stages.len() == 2));
}

#[test]
fn joins() {
    let Core::Join(join) = stage("join asof quotes as q on sym, ts >= q.ts within 5s").core else { panic!("join") };
    assert_eq!(join.kind.unwrap().value, JoinKind::Asof);
    assert_eq!(join.alias.unwrap().text, "q");
    assert_eq!(join.on.iter().map(sexpr).collect::<Vec<_>>(), ["sym", "(>= ts q.ts)"]);
    assert_eq!(sexpr(&join.within.unwrap()), "5s");
    // A kind only if a source follows.
    let Core::Join(join) = stage("join left on id").core else { panic!("join") };
    assert!(join.kind.is_none());
    assert!(matches!(join.source.kind, SourceKind::Path(path) if path.text() == "left"));
    let Core::Join(join) = stage("join left crm.users on id, prefix: \"q_\"").core else { panic!("join") };
    assert_eq!(join.kind.unwrap().value, JoinKind::Left);
    assert_eq!(join.on.len(), 1);
}

#[test]
fn sources() {
    let Core::Sources(sources) = stage("union a, (b | take 1), read_csv(\"x\"), [{a: 1}], fill: true").core else {
        panic!("sources")
    };
    let kinds: Vec<&str> = sources
        .iter()
        .map(|source| match source.kind {
            SourceKind::Path(_) => "path",
            SourceKind::Call { .. } => "call",
            SourceKind::Pipe(_) => "pipe",
            SourceKind::Rows(_) => "rows",
        })
        .collect();
    assert_eq!(kinds, ["path", "pipe", "call", "rows"]);
    for (text, is_source) in [("a.b.c | take 1", true), ("[{a: 1}, {a: 2}] | take 1", true), ("1 + 1", false)] {
        assert_eq!(pipe(text).source().is_some(), is_source, "{text}");
    }
}

#[test]
fn pivots() {
    let Core::Pivot(pivot) = stage("pivot quarter in [1, 2] by region, shop { rev = sum(amount) }").core else { panic!("pivot") };
    assert_eq!((sexpr(&pivot.key), sexpr(&pivot.values.unwrap())), ("quarter".into(), "[1 2]".into()));
    assert_eq!((pivot.by.len(), pivot.items.len()), (2, 1));
    let Core::Unpivot(unpivot) = stage("unpivot cols(r\"_x$\"), y into (name, value)").core else { panic!("unpivot") };
    assert_eq!((unpivot.columns.len(), unpivot.name.text.as_str()), (2, "name"));
}

#[test]
fn words_are_free_where_no_verb_can_stand() {
    assert_eq!(pipe("sort | where count > take | sort sort desc").stages.len(), 2);
    assert!(matches!(stage("top(3, rate)").core, Core::Call(args) if args.len() == 2));
    assert!(matches!(stage("into big").core, Core::Into(name) if name.text == "big"));
}

#[test]
fn statements() {
    assert!(matches!(statement("let t = u | take 1"), StmtKind::Let { pipe, .. } if pipe.stages.len() == 1));
    assert!(matches!(statement("fn f(t, n = 10) = t | take $n"), StmtKind::Fn { params, .. } if params[1].default.is_some()));
    assert!(matches!(statement("set threads = 8"), StmtKind::Set { name, .. } if name.text() == "threads"));
    assert!(matches!(statement("attach $dir as tpch"), StmtKind::Attach { alias: Some(_), .. }));
    assert!(matches!(statement("use crm.public"), StmtKind::Use(path) if path.names.len() == 2));
    assert!(matches!(statement("help case"), StmtKind::Help(Some(topic)) if topic.text == "case"));
    assert!(matches!(statement("help E0101"), StmtKind::Help(Some(topic)) if topic.text == "E0101"));
    assert!(matches!(statement("help"), StmtKind::Help(None)));
    assert!(matches!(statement("clear"), StmtKind::Clear));
    assert!(matches!(statement("help | take 1"), StmtKind::Pipe(_)));
}

#[test]
fn a_list_with_directions_is_an_option_value() {
    let stage = stage("write \"x\", sort: [a desc, b]");
    assert!(matches!(&stage.options[0].value, Value::Keys(keys, _) if keys.len() == 2 && keys[0].descending));
}
