//! Expressions as S-expressions, to compare trees by eye.

use weft_lang::syntax::{Arg, Expr, ExprKind, FStringPart, Key, Literal, StmtKind, TypeExpr, TypeKind, UnaryOp, Value, parse};

/// The tree of a cell that is one expression without diagnostics.
pub(crate) fn tree(text: &str) -> String {
    let (cell, diagnostics) = parse(text);
    assert_eq!(diagnostics, [], "{text}");
    assert_eq!(cell.stmts.len(), 1, "{text}");
    let StmtKind::Pipe(pipe) = &cell.stmts[0].kind else { panic!("{text}: {:?}", cell.stmts[0]) };
    assert!(pipe.stages.is_empty(), "{text}");
    sexpr(&pipe.head)
}

pub(crate) fn sexpr(expr: &Expr) -> String {
    match &expr.kind {
        ExprKind::Literal(literal) => shown(literal),
        ExprKind::FString(string) => {
            let parts: Vec<String> = string
                .parts
                .iter()
                .map(|part| match part {
                    FStringPart::Text(text) => format!("{text:?}"),
                    FStringPart::Expr { expr, format } => match format {
                        Some(format) => format!("{{{}:{}}}", sexpr(expr), format.value),
                        None => format!("{{{}}}", sexpr(expr)),
                    },
                })
                .collect();
            format!("(f {})", parts.join(" "))
        }
        ExprKind::Name(name) => name.text.clone(),
        ExprKind::Session(name) => format!("${}", name.text),
        ExprKind::Star => "*".to_owned(),
        ExprKind::List(elements) => format!("[{}]", all(elements)),
        ExprKind::Keys(keys) => format!("[{}]", keys.iter().map(key).collect::<Vec<_>>().join(" ")),
        ExprKind::Comprehension { element, vars, list, condition } => {
            let vars: Vec<&str> = vars.iter().map(|var| var.as_str()).collect();
            let condition = condition.as_ref().map_or(String::new(), |c| format!(" if {}", sexpr(c)));
            format!("[{} for {} in {}{condition}]", sexpr(element), vars.join(" "), sexpr(list))
        }
        ExprKind::Struct { base, fields } => {
            let base = base.as_ref().map_or(String::new(), |base| format!("..{} ", sexpr(base)));
            let fields: Vec<String> = fields.iter().map(|(name, value)| format!("{}:{}", name.text, sexpr(value))).collect();
            format!("{{{base}{}}}", fields.join(" "))
        }
        ExprKind::Lambda { params, body } => {
            let params: Vec<&str> = params.iter().map(|param| param.as_str()).collect();
            format!("(-> {} {})", params.join(","), sexpr(body))
        }
        ExprKind::If { condition, then, otherwise } => {
            format!("(if {} {} {})", sexpr(condition), sexpr(then), sexpr(otherwise))
        }
        ExprKind::Case { arms, otherwise } => {
            let arms: Vec<String> = arms.iter().map(|arm| format!("{}=>{}", sexpr(&arm.condition), sexpr(&arm.value))).collect();
            format!("(case {} else {})", arms.join(" "), otherwise.as_ref().map_or("-".into(), |e| sexpr(e)))
        }
        ExprKind::Match { subject, arms, otherwise } => {
            let arms: Vec<String> = arms.iter().map(|arm| format!("{}=>{}", sexpr(&arm.pattern), sexpr(&arm.value))).collect();
            let otherwise = otherwise.as_ref().map_or("-".into(), |e| sexpr(e));
            format!("(match {} {} else {otherwise})", sexpr(subject), arms.join(" "))
        }
        ExprKind::Paren(inner) => format!("<{}>", sexpr(inner)),
        ExprKind::Pipeline(pipe) => format!("(pipe {} {})", sexpr(&pipe.head), pipe.stages.len()),
        ExprKind::Call { name, args } => format!("{}({})", name.text, arguments(args)),
        ExprKind::Method { receiver, name, args } => {
            format!("{}.{}({})", sexpr(receiver), name.text, arguments(args))
        }
        ExprKind::Field { receiver, name } => format!("{}.{}", sexpr(receiver), name.text),
        ExprKind::Index { receiver, index } => format!("{}[{}]", sexpr(receiver), sexpr(index)),
        ExprKind::Cast { value, ty, lenient } => {
            format!("({} {} {})", if *lenient { "::?" } else { "::" }, sexpr(value), type_text(ty))
        }
        ExprKind::Over { value, window } => {
            let frame = window.frame.as_ref().map_or(String::new(), |frame| {
                let bound = |b: &Option<Box<Expr>>| b.as_ref().map_or(String::new(), |b| sexpr(b));
                format!(" {:?} {}..{}", frame.unit, bound(&frame.start), bound(&frame.end))
            });
            let order: Vec<String> = window.order.iter().map(key).collect();
            format!("(over {} by [{}] sort [{}]{frame})", sexpr(value), all(&window.partition), order.join(" "))
        }
        ExprKind::But { selector, except } => format!("(but {} {})", sexpr(selector), all(except)),
        ExprKind::Unary { op, operand } => {
            let sign = if op.value == UnaryOp::Neg { "neg" } else { "not" };
            format!("({sign} {})", sexpr(operand))
        }
        ExprKind::Binary { op, left, right } => {
            format!("({} {} {})", op.value.as_str(), sexpr(left), sexpr(right))
        }
        ExprKind::Range { start, end, inclusive } => {
            let bound = |b: &Option<Box<Expr>>| b.as_ref().map_or("_".to_owned(), |b| sexpr(b));
            format!("({} {} {})", if *inclusive { ".." } else { "..<" }, bound(start), bound(end))
        }
        ExprKind::Error => "ERROR".to_owned(),
    }
}

fn shown(literal: &Literal) -> String {
    match literal {
        Literal::Null => "null".to_owned(),
        Literal::Bool(value) => value.to_string(),
        Literal::Int(value) => value.to_string(),
        Literal::Float { value, .. } => format!("{value:?}"),
        Literal::Str(text) => format!("{text:?}"),
        Literal::Date(date) => format!("@{date}"),
        Literal::Time(time) => format!("@{time}"),
        Literal::Timestamp { local, zone } => match zone {
            Some(zone) => format!("@{local} {zone:?}"),
            None => format!("@{local}"),
        },
        Literal::Duration { count, unit } => format!("{count}{}", unit.as_str()),
    }
}

fn all(exprs: &[Expr]) -> String {
    exprs.iter().map(sexpr).collect::<Vec<_>>().join(" ")
}

pub(crate) fn key(key: &Key) -> String {
    let mut text = sexpr(&key.expr);
    if key.descending {
        text.push_str(" desc");
    }
    if let Some(first) = key.nulls_first {
        text.push_str(if first { " nulls first" } else { " nulls last" });
    }
    text
}

fn arguments(args: &[Arg]) -> String {
    let args: Vec<String> = args
        .iter()
        .map(|arg| {
            let value = match &arg.value {
                Value::Expr(expr) => sexpr(expr),
                Value::Keys(keys, _) => keys.iter().map(key).collect::<Vec<_>>().join("; "),
            };
            arg.name.as_ref().map_or(value.clone(), |name| format!("{}:{value}", name.text))
        })
        .collect();
    args.join(" ")
}

fn type_text(ty: &TypeExpr) -> String {
    match &ty.kind {
        TypeKind::Named { name, args } if args.is_empty() => name.text.clone(),
        TypeKind::Named { name, args } => format!("{}({})", name.text, arguments(args)),
        TypeKind::List(element) => format!("[{}]", type_text(element)),
        TypeKind::Struct(fields) => {
            let fields: Vec<String> = fields.iter().map(|(name, ty)| format!("{}:{}", name.text, type_text(ty))).collect();
            format!("{{{}}}", fields.join(" "))
        }
    }
}
