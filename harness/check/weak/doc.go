// Package weak decides whether a history of transactions over registers is read committed, read atomic, or causally consistent.
//
// It does not look for known anomalies, but for an order of the transactions that explains all reads. If it says that a level
// holds, such an order exists; if it says that a level is violated, there is no such order. This is possible because no value
// is written to a key twice, so the value of a read identifies its writer.
//
// The algorithms are those of Møldrup and Pavlogiannis, AWDIT: An Optimal Weak Database Isolation Tester (PLDI 2025), the
// definitions those of Biswas and Enea, On the Complexity of Checking Transactional Consistency (OOPSLA 2019).
//
// # Levels
//
// An initial transaction wrote null to every key, before all other transactions. The relation so is the order of transactions
// within sessions; the initial transaction comes before all others. A read is external if its own transaction has not written
// the key before. The relation wr leads from the writer of a value to the transaction that reads the value by an external
// read.
//
// ReadUncommitted only requires that every value read was written by some transaction, even an aborted one. The other levels
// require more of each single read. The read must not return a value of an aborted transaction, nor a value that its writer
// overwrote itself. If the reading transaction wrote the key before, the read must return the value that it wrote last.
//
// These levels also require a commit order: a total order co of the transactions that extends so ∪ wr, such that for each
// external read of a key x by t3 from t1, and each other transaction t2 that writes x,
//
//	ReadCommitted  if t3 read anything from t2 before this read   then t2 co t1
//	ReadAtomic     if t2 (so ∪ wr) t3                             then t2 co t1
//	Causal         if t2 (so ∪ wr)⁺ t3                            then t2 co t1
//
// In words: a transaction that knows of t2 must not see a value that t2 has replaced. The conditions become weaker from line
// to line, so each level implies those before it.
//
// These levels respect sessions, and within a transaction, reads do not go back in time. Adya's PL-2, which is the reference
// checker's read-committed, is weaker: it has the same requirements for single reads, but apart from that it only requires
// that wr and the order of writes have no cycle. For example, a transaction reads one key from t2, and then the old value of
// another key that t2 also wrote. PL-2 allows this; ReadCommitted here forbids it. Adya's level that forbids it is monotonic
// view, PL-2L.
//
// # Why this is decided
//
// The left sides of the three conditions do not mention co. So all pairs that co must have are known in advance: the pairs of
// so ∪ wr, and the pairs that the conditions imply. If these pairs form no cycle, every topological order of the transactions
// is a commit order; if they form a cycle, there is no commit order. A pair that leads to the initial transaction is a
// contradiction by itself.
//
// The difficulty is the number of implied pairs. But it is enough to find some of them whose transitive closure, together
// with so ∪ wr, has all of them; the functions committed, atomic and causal say which. With n operations in k sessions, these
// three functions take O(n^3/2), O(n^3/2) and O(n·k) time. Memory is linear in n plus the number of edges found. At worst,
// this number equals the number of steps for the first two, and k for each transaction for the third; usually it is a few for
// each transaction.
//
// # Transactions of unknown outcome
//
// If another transaction read from a transaction of unknown outcome, the latter committed. Otherwise it is left out, which
// does not change the verdict: from a commit order of all transactions, remove the transaction; the result is a commit order
// of the others, since each condition is about three transactions, and no transaction reads from the removed one.
//
// The reads of such a transaction are unknown too, and the transaction is treated as if it had read nothing. This does not
// change the verdict either. Fewer reads imply fewer pairs. Conversely, take a commit order without these reads, and let each
// of them return the value that was written last, in that order, by the transactions of which the reader knows anyway: its
// causes, for Causal; the transactions before it in its session, for ReadAtomic; the initial transaction, for ReadCommitted.
// Then no transaction learns of any further transaction, and every transaction of which the reader knows, and which writes
// the key, is the one that it read from or precedes that one in the commit order.
//
// # Limits
//
// None of these levels requires that anything is ever replicated. Nodes that never talk to each other are causally
// consistent: any transaction that a client does not know of may have happened later. Nor do they say which of two concurrent
// writes wins in the end, or that all nodes agree on the winner: a node that keeps the write that arrived last is detected
// only if clients see both an order and its opposite. Package elle has warnings for these cases.
//
// The files: history.go has the input and the writer of each version; reads.go judges single reads; sources.go, committed.go,
// atomic.go and causal.go find the pairs; order.go finds cycles.
package weak
