//! Plans by dice, the same for the same seed.

use weft_core::{Expr, Type, Value};

use super::*;

/// A generator of numbers (xorshift), so that a failing seed can be run again.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) % sides
    }

    fn small(&mut self) -> Expr {
        int(self.roll(6) as i64)
    }
}

/// A plan of one to eight steps over the toy tables. All columns that the steps make are ints.
pub(crate) fn random_plan(seed: u64) -> LogicalPlan {
    let mut dice = Dice(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1);
    for _ in 0..10 {
        dice.roll(2);
    }
    let mut plan = numbers();
    for step in 0..dice.roll(8) + 1 {
        plan = extended(plan, step, &mut dice);
    }
    plan
}

/// An int column of the plan, or a small literal where it has none.
fn int_column(plan: &LogicalPlan, dice: &mut Dice) -> Expr {
    let ints: Vec<_> = plan.schema().fields().iter().filter(|f| f.ty == Type::Int64).collect();
    match ints.len() as u64 {
        0 => dice.small(),
        n => Expr::of_field(ints[dice.roll(n) as usize]),
    }
}

fn number(plan: &LogicalPlan, dice: &mut Dice) -> Expr {
    let one = int_column(plan, dice);
    match dice.roll(8) {
        0 => add(one, dice.small()),
        1 => floor_div(int(10), one),
        2 => heavy(one),
        3 => Expr::coalesce(vec![one, dice.small()]).unwrap(),
        4 => {
            let branches = vec![(condition(plan, dice, 1), one)];
            Expr::case(branches, Some(number(plan, dice))).unwrap()
        }
        5 => dice.small(),
        _ => one,
    }
}

fn condition(plan: &LogicalPlan, dice: &mut Dice, depth: u64) -> Expr {
    let (l, r) = (number_at(plan, dice, depth), dice.small());
    let compare = ["eq", "ne", "lt", "le", "gt", "ge"][dice.roll(6) as usize];
    let sides = if dice.roll(4) == 0 { vec![r.clone(), l.clone()] } else { vec![l.clone(), r.clone()] };
    let simple = call(compare, sides);
    if depth > 2 {
        return simple;
    }
    match dice.roll(10) {
        0 => not(condition(plan, dice, depth + 1)),
        1 => Expr::or(vec![simple, condition(plan, dice, depth + 1)]),
        2 | 3 => Expr::and(vec![simple, condition(plan, dice, depth + 1)]),
        4 => Expr::in_list(l, (0..dice.roll(3)).map(|_| dice.small()).collect()).unwrap(),
        5 => call("is", vec![l, Expr::literal(Type::Int64, Value::Null)]),
        6 => Expr::and(vec![call("ne", vec![l.clone(), int(0)]), gt(floor_div(int(10), l), r)]),
        _ => simple,
    }
}

fn number_at(plan: &LogicalPlan, dice: &mut Dice, depth: u64) -> Expr {
    if depth > 1 { int_column(plan, dice) } else { number(plan, dice) }
}

fn names(plan: &LogicalPlan) -> Vec<std::sync::Arc<str>> {
    plan.schema().names().cloned().collect()
}

fn extended(plan: LogicalPlan, step: u64, dice: &mut Dice) -> LogicalPlan {
    let new = |part: &str| format!("{part}{step}");
    let result = match dice.roll(16) {
        0..3 => {
            let condition = condition(&plan, dice, 0);
            plan.filter(condition)
        }
        3 => {
            let made = named(&new("m"), number(&plan, dice));
            plan.with_columns(vec![made])
        }
        4 => {
            let mut kept = names(&plan);
            let by = dice.roll(kept.len() as u64) as usize;
            kept.rotate_left(by);
            kept.truncate(kept.len().max(2) - 1);
            plan.select_columns(kept.iter().map(|n| &**n).collect::<Vec<_>>())
        }
        5 => {
            let exprs = vec![named(&new("p"), number(&plan, dice)), named(&new("q"), int_column(&plan, dice))];
            plan.project(exprs)
        }
        6 => {
            let keys = (0..dice.roll(3)).map(|i| named(&new(&format!("g{i}_")), int_column(&plan, dice))).collect();
            let calls =
                vec![sum(&new("s"), int_column(&plan, dice)), first(&new("f"), int_column(&plan, dice)), count(&new("c"))];
            plan.aggregate(keys, calls.into_iter().take(dice.roll(3) as usize + 1).collect())
        }
        7 => {
            let all = names(&plan);
            let on = all.iter().take(dice.roll(all.len() as u64 + 1) as usize).cloned().collect();
            plan.distinct(on)
        }
        8 => {
            let key = SortKey { expr: int_column(&plan, dice), descending: dice.roll(2) == 0, nulls_first: dice.roll(2) == 0 };
            plan.sort(vec![key])
        }
        9 | 10 => plan.limit(dice.roll(3), (dice.roll(5) > 0).then(|| dice.roll(6))),
        11 => plan.tail(dice.roll(5)),
        12 => joined(plan, step, dice),
        13 | 14 => {
            let (summed, first_of) = (sum(&new("s"), int_column(&plan, dice)), first(&new("f"), int_column(&plan, dice)));
            let calls = [numbered(&new("r")), whole(summed.clone()), running(summed), whole(first_of)];
            let keys = (0..dice.roll(3)).map(|_| int_column(&plan, dice)).collect();
            let order = (0..dice.roll(2)).map(|_| asc(int_column(&plan, dice))).collect();
            plan.window(keys, order, vec![calls[dice.roll(4) as usize].clone()])
        }
        _ => {
            let condition = condition(&plan, dice, 0);
            plan.clone().union(vec![plan.filter(condition).unwrap()])
        }
    };
    result.unwrap()
}

fn joined(plan: LogicalPlan, step: u64, dice: &mut Dice) -> Result<LogicalPlan> {
    let kinds = [JoinKind::Inner, JoinKind::Left, JoinKind::Right, JoinKind::Full, JoinKind::Semi, JoinKind::Anti];
    let kind = kinds[dice.roll(6) as usize];
    let (k, v) = (format!("k{step}"), format!("v{step}"));
    let mut right = others().project(vec![named(&k, other("k")), named(&v, other("v"))])?;
    if dice.roll(2) == 0 {
        let condition = condition(&right, dice, 1);
        right = right.filter(condition)?;
    }
    let null_safe = dice.roll(4) == 0;
    let mut keys = vec![JoinKey { left: int_column(&plan, dice), right: column(right.schema(), &k), null_safe }];
    keys.truncate(dice.roll(6).min(1) as usize);
    let residual = match dice.roll(3) {
        0 => Some(gt(int_column(&plan, dice), column(right.schema(), &v))),
        1 => Some(gt(column(right.schema(), &v), dice.small())),
        _ => None,
    };
    plan.join(right, kind, keys, residual)
}
