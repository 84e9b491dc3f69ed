//! How the budget is shared.

use super::*;
use crate::error::ErrorKind;

#[test]
fn a_reservation_gives_back_what_it_took_and_refuses_past_the_limit() {
    let pool = MemoryPool::new(1000);
    let mut sort = pool.reservation("sort");
    sort.try_grow(600).unwrap();
    let mut join = pool.reservation("join");
    let refused = join.try_grow(500).unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::Memory);
    assert!(refused.message().starts_with("join needs 500 bytes"), "{refused}");
    drop(sort);
    join.try_grow(500).unwrap();
    join.try_resize(200).unwrap();
    assert_eq!((pool.used(), pool.peak()), (200, 600));
}

#[test]
fn a_lone_state_may_use_nearly_all_and_is_told_before_it_is_refused() {
    let pool = MemoryPool::new(8000);
    let mut sort = pool.spillable("sort");
    sort.try_grow(6000).unwrap();
    assert!(!sort.should_spill());
    let mut part = sort.sibling();
    part.try_grow(500).unwrap();
    assert!(sort.should_spill() && part.should_spill(), "siblings are one state");
    part.try_grow(500).unwrap();
    assert!(part.try_grow(1).is_err(), "the last eighth is for others");
    let mut late = sort.sibling();
    late.grow_in_flight(1000).unwrap();
    assert!(late.grow_in_flight(1).is_err(), "the limit holds for all");
    drop(late);
    let mut scratch = pool.reservation("probe");
    scratch.try_grow(1000).unwrap();
    assert!(!scratch.should_spill());
    sort.free();
    assert!(!part.should_spill());
    part.try_grow(1000).unwrap();
}

#[test]
fn the_large_state_gives_way_and_the_small_one_may_grow() {
    let pool = MemoryPool::new(8000);
    let (mut large, mut small) = (pool.spillable("group"), pool.spillable("sort"));
    large.try_grow(6500).unwrap();
    small.try_grow(500).unwrap();
    assert_eq!(pool.fair_share(), 3000);
    assert!(large.should_spill());
    assert!(!small.should_spill());
    assert!(large.try_grow(100).is_err());
    small.try_grow(900).unwrap();
    large.shrink(6000);
    assert!(!large.should_spill() && !small.should_spill());
    small.free();
    assert_eq!(pool.fair_share(), 6000, "an empty state has no share");
}

#[test]
fn what_cannot_spill_makes_the_shares_smaller_but_never_tiny() {
    let pool = MemoryPool::new(3200);
    let mut fixed = pool.reservation("take");
    let mut sort = pool.spillable("sort");
    fixed.try_grow(2000).unwrap();
    assert_eq!(pool.fair_share(), 400);
    fixed.try_grow(1000).unwrap();
    assert_eq!(pool.fair_share(), 100);
    sort.try_grow(100).unwrap();
    assert!(!sort.should_spill(), "too little to be worth a write");
    let taken = sort.another();
    fixed.absorb(taken);
    drop(fixed);
    assert_eq!(pool.fair_share(), 2400);
}

#[test]
fn absorbing_moves_bytes_from_state_to_state() {
    let pool = MemoryPool::new(8000);
    let (mut a, mut b) = (pool.spillable("sort"), pool.spillable("sort"));
    a.try_grow(100).unwrap();
    b.try_grow(200).unwrap();
    assert_eq!(pool.fair_share(), 3000);
    a.absorb(b);
    assert_eq!((a.state_bytes(), pool.fair_share(), pool.used()), (300, 6000, 300));
}

#[test]
fn states_that_grow_and_shrink_at_once_leave_the_pool_empty() {
    let pool = MemoryPool::new(1 << 20);
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                let mut state = pool.spillable("sort");
                for n in 0..10_000 {
                    if state.try_grow(n % 512).is_err() || state.should_spill() {
                        state.free();
                    }
                }
            });
        }
    });
    assert_eq!((pool.used(), pool.fair_share()), (0, (1 << 20) / 4 * 3));
    assert!(pool.peak() <= 1 << 20);
}

#[test]
fn sizes_read_well() {
    assert_eq!(human_bytes(12), "12 bytes");
    assert_eq!(human_bytes(1536), "1.5 KiB");
}

#[test]
fn a_pinned_state_counts_as_one_that_cannot_spill() {
    let pool = MemoryPool::new(8000);
    let (mut table, mut other) = (pool.spillable("join"), pool.spillable("group"));
    table.try_grow(2000).unwrap();
    other.try_grow(1000).unwrap();
    assert_eq!(pool.fair_share(), 3000);
    let part = table.split(500).unwrap();
    assert!(table.split(1501).is_none());
    assert_eq!((table.bytes(), part.bytes(), table.state_bytes(), pool.used()), (1500, 500, 2000, 3000));
    table.absorb(part);
    table.pin();
    assert_eq!(pool.fair_share(), 4000);
    pool.set_always_spill(true);
    assert!(!table.should_spill() && other.should_spill());
    assert!(other.should_spill_again(1) && !other.should_spill_again(2));
    table.try_grow(1000).unwrap();
    assert_eq!(pool.fair_share(), 3000);
    drop(table);
    assert_eq!(pool.fair_share(), 6000);
    drop(other);
    assert_eq!(pool.used(), 0);
}
