// Package node is a runtime for nodes of a distributed system that speak the
// Maelstrom protocol: JSON messages, one per line, on stdin and stdout. A node
// written with it runs under the glomers harness and under Maelstrom itself.
//
//	type generated struct {
//		ID int64 `json:"id"`
//	}
//
//	func main() {
//		n := node.NewNode()
//		next := int64(0)
//		node.HandleRPC(n, "generate", func(ctx context.Context, _ struct{}) (generated, error) {
//			next++
//			return generated{next}, nil // sent as generate_ok
//		})
//		node.Main(n)
//	}
//
// # Model
//
// A node is an actor (Hewitt, Bishop, Steiger 1973). Messages, timers and functions given to Go
// are its events; it handles them one at a time, so its state needs no locks and cannot race.
// The right to run is called the turn.
//
// A handler that waits through the runtime, for the reply to a Call, for a Sleep, for a condition with Wait, for a function
// under Blocking, gives the turn to others and takes it back afterwards. As with await in other languages, state
// that was read before may have changed meanwhile.
//
// The runtime knows whose turn to give away from the context: a handler passes the ctx that it got to
// whatever waits. Calls with another context, say context.Background, are for goroutines
// that hold no turn; in a handler they would keep it, so they are an error there, which is reported on stderr, too.
//
// Requests are answered by handlers registered with HandleRPC, one-way messages by those of Receive. Call makes a
// request, Notify sends a one-way message; NewLinKV, NewSeqKV, NewLWWKV and NewLinTSO make clients of
// Maelstrom's services. OnInit, Every, After and Go run functions at the beginning, at
// intervals, once, and as soon as possible.
//
// A node that does more than answer is best written as a Machine, whose methods are functions of events and times, and
// that Drive runs: it sends what the machine decides, and calls it when it wants to be called. From tells a handler who
// sent its message. Stats counts a node's messages, and Options.In and Out see each of them.
//
// Everything that the official Go library has is here under the same name and signature; a program
// written for it needs another import path and no other change. Its handlers (Handle) and
// callbacks (RPC) keep its contract: each runs in a goroutine of its own, holds no turn, and guards
// shared state itself.
//
// # Concurrency
//
//  1. At most one of these runs at any time: a function registered with HandleRPC, Receive or OnInit, or given to Every, After or
//     Go. Each begins, continues and ends with the turn, and has seen all that the ones before it did.
//  2. Handlers begin in the order in which their messages were read, whoever sent them.
//  3. A handler gives the turn away only in Call, Sleep, Wait, Blocking, SyncRPC, Update and the methods of KV and TSO,
//     and only when it passes on its own ctx, or one derived from it.
//  4. A task that waits for a reply goes on as soon as that has been read: before any message that came later is handled.
//  5. Tasks that Wait go on as soon as their conditions hold, before anything else is handled, in the order in which they began
//     to wait. Each condition still holds when its task goes on.
//  6. Timers that are due at the same instant run in the order in which they were set. So do tasks go on that wait until their
//     contexts' deadlines. Ticks of one Every never overlap.
//  7. A ctx belongs to one function call. Other goroutines that the function starts must not wait with it: they
//     use a context of their own, or the function uses Go.
//  8. Functions registered with Handle start in the order of their messages and run concurrently, each
//     in a goroutine of its own.
//  9. Send, Reply, Notify, Call, RPC, SyncRPC, ID, NodeIDs, Others and Index may be called from any goroutine. Lines are never
//     interleaved; those of one goroutine are written in the order of its calls.
//  10. Output waits in a buffer while there is input to handle, and is written before the node waits for more.
//  11. What a node sends to other nodes before the first request has come, but for init, waits for that, or for a second: Maelstrom
//     initialises nodes before it has started all of them, and a message to one that does not exist breaks the test.
//
// # State that survives
//
// OpenStore gives a node a Store: a file of records that a kill does not take away. A handler appends a record, waits in Sync until it is on
// disk, and then answers; requests that come meanwhile go to the disk together. A machine that is a Durable leaves all of this to
// DriveDurable, which holds the machine's messages back until what they promise is on disk.
//
// # Properties
//
// A node can say what it believes of itself, and a harness then watches that in every run:
//
//	ordered := node.Always(n, "offsets ascend")                              // where handlers are registered
//	overtaken := node.Sometimes(n, "a newer value overtakes an older one")
//	…
//	ordered.Check(next > last, slog.Int64("last", last))                     // in a handler: if it does not hold, the run is invalid
//	overtaken.Check(v.stamp < newest.stamp)                                  // if it never holds, a sweep of many seeds says so
//
// Reachable and Unreachable do the same for places in the code, and Extremes reports the smallest and the largest value of a number. The
// names are those of Antithesis' SDKs. The methods do nothing, and allocate nothing, in a node to which nobody listens, as under Maelstrom.
// A harness knows what a node declares before the node handles a message, so it also knows of a Sometimes whose line never ran.
//
// # Errors
//
// An error that a handler returns is sent to whoever asked: an *RPCError anywhere in its chain with its code and
// text, an expired deadline with code 0 (timeout), everything else with code 13 (crash). A panic is reported on
// stderr with its stack, answered with code 13, and the node goes on.
//
// A request of a type without a handler is answered with code 10 (not supported), one whose body
// does not fit with code 12 (malformed request), and one of a client that comes before the node has been
// initialised, or of anybody before its init message has come, with code 11 (temporarily unavailable): no handler sees it, nor a
// one-way message that comes so early. A line that is no message at all is reported on stderr and skipped.
//
// Codes 0, 13 and those from 1000 on are indefinite: the request may have been carried out. The others
// say that it was not, and never will be.
//
// A call without a reply ends after DefaultTimeout, or as its options say, with code 0. Only requests
// that are said to be Idempotent are repeated.
//
// When the input ends, or at Shutdown (which Main calls at SIGTERM, SIGINT and SIGHUP), the contexts of timers and
// Go's functions end, handlers get up to 5 s to finish and to reply, and Run returns nil. When the output
// breaks, Run returns the error at once.
package node
