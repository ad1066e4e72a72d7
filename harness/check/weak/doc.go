// Package weak decides whether a history of transactions over registers is read committed, read atomic, or causally consistent. It
// does not look for known anomalies, but for an order of the transactions that explains all that was read: if it says that a level
// holds there is one, and if it says that it does not there is none. That is possible because no value is written to a key twice, so a
// read tells who wrote what it returned. The algorithms are those of Møldrup and Pavlogiannis, AWDIT: An Optimal Weak Database Isolation
// Tester (PLDI 2025), the definitions those of Biswas and Enea, On the Complexity of Checking Transactional Consistency (OOPSLA 2019).
//
// # Levels
//
// An initial transaction wrote null to every key, before all others. so is the order of transactions within sessions, and from the
// initial one to all others. A read of a key that its own transaction has not written before is external; wr leads from the transaction
// that wrote what it returned to the transaction of the read. ReadUncommitted only asks that somebody wrote what is read, be it one that
// aborted. The other levels ask for more of each single read: that it returns no value of an aborted transaction, none that its
// transaction overwrote itself, and, if its own transaction wrote the key before, the value that it wrote last. And they ask for a commit
// order: a total order co of the transactions that extends so ∪ wr, such that for each external read of a key x by t3 from t1, and each
// other transaction t2 that writes x,
//
//	ReadCommitted  if t3 read anything from t2 before this read   then t2 co t1
//	ReadAtomic     if t2 (so ∪ wr) t3                             then t2 co t1
//	Causal         if t2 (so ∪ wr)⁺ t3                            then t2 co t1
//
// In words: who knows of t2 must not be shown what t2 has replaced. The conditions become weaker from line to line, so each level implies
// those before it.
//
// These levels know sessions, and within a transaction reads do not go back. Adya's PL-2, which the reference checker means by
// read-committed, is less: it asks only for what is asked of single reads, and that wr and the order of writes have no cycle. A transaction that reads a
// key from t2, and then another key that t2 wrote too, as it was before, is PL-2; here it violates ReadCommitted. Adya calls what forbids
// it monotonic view, PL-2L.
//
// # Why this is decided
//
// The left sides of the three conditions do not mention co. So all pairs that co must have are known: those of so ∪ wr, and those that
// the conditions imply. If they make no cycle, every topological order of the transactions is a co; if they make one, there is none. A
// pair that leads to the initial transaction is a cycle by itself. What costs time is that the implied pairs are many. But it is
// enough to find some whose transitive closure, together with so ∪ wr, has them all; which those are is said at committed, atomic
// and causal. With n operations in k sessions, they take O(n^3/2), O(n^3/2) and O(n·k) time. Memory is linear in n, and in the edges found:
// at worst as many as the steps of the first two, and k for each transaction of the third; usually a few for each transaction.
//
// # Transactions of unknown outcome
//
// If a transaction of unknown outcome was read from, it committed. Otherwise it is left out, without loss: a commit order of all
// transactions, restricted to the others, is one of these, since the conditions are about any three transactions, and nobody
// reads from the one that is missing.
//
// What such a transaction read is unknown, too, and it is taken to have read nothing. This is no loss either. Fewer reads imply fewer
// pairs. Conversely, given a commit order without these reads, let each of them return what was written last, in that order, by the
// transactions of which the reader knows anyway: its causes, for Causal; those before it in its session, for ReadAtomic; the initial one, for
// ReadCommitted. Then nobody gets to know of more, and what the reader knows of precedes, in the commit order, what it read or is
// that itself.
//
// # What it cannot tell
//
// None of these levels says that anything is ever replicated. Nodes that never talk to each other are causally consistent: whatever a
// client does not know of may have happened afterwards. Nor does one say which of two concurrent writes wins in the end, or that all nodes
// agree on it: a node that keeps what arrived last is caught only when somebody sees an order and its opposite. Package elle has warnings for that.
//
// The files: history.go the input, and who wrote what; reads.go single reads; sources.go, committed.go, atomic.go and causal.go the pairs;
// order.go cycles.
package weak
