// Package conform checks a node program, in any language and with any library, against the protocol between a harness and its
// nodes. A run of a workload shows whether a system keeps its promises. The checks here show whether a single node understands
// every message that it may receive, and writes only messages that a harness accepts.
//
// Each check starts a separate process, sends it lines, and looks at the lines that come back. The result of a failed check has
// the line sent, the line received, and the reason why it matters. See Checks for the list.
//
// # Levels
//
//   - Must: Maelstrom itself sends such lines to nodes, or refuses nodes that do not comply. If a program fails here, a run may
//     blame its algorithm for a fault of the protocol.
//   - Should: the protocol allows or requires it, though Maelstrom's own workloads work without it. Other nodes, tools and later
//     versions may not.
//   - Nice: good manners, which help when a person debugs the node or drives it by hand.
//
// # Time
//
// Speed is never judged. A check waits for an answer as long as any output still comes, and for Options.Timeout after that.
// When it gives up, the result says how long it waited. If a line has no answer, a check sends a further request and waits
// for the answer to that request instead.
package conform
