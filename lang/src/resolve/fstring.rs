//! f-strings: one text of several parts.

use weft_core::{Expr, Type, Value};

use super::expr::settled;
use super::{Context, Outcome, Scope};
use crate::syntax::{FString, FStringPart};

impl Context<'_> {
    pub(super) fn fstring(&mut self, scope: Scope<'_>, text: &FString) -> Outcome<Expr> {
        let mut parts = Vec::with_capacity(text.parts.len());
        let mut failed = false;
        for part in &text.parts {
            match part {
                FStringPart::Text(text) => parts.push(Expr::string(text)),
                FStringPart::Expr { expr, format } => {
                    let value = self.expr(scope, expr).map(settled);
                    let value = match (value, format) {
                        (Ok(value), Some(format)) => {
                            self.invoke("format_value", vec![value, Expr::string(&format.value)], expr.span)
                        }
                        (value, _) => value,
                    };
                    failed |= value.is_err();
                    parts.extend(value);
                }
            }
        }
        if failed {
            return Err(super::Failed);
        }
        match parts.as_slice() {
            [] => Ok(Expr::string("")),
            [only] if matches!(only.as_literal(), Some(Value::String(_))) && only.ty == Type::String => Ok(parts.remove(0)),
            _ => self.invoke("concat", parts, text.span),
        }
    }
}
