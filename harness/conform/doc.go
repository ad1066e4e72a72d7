// Package conform checks a node program, in any language and on any library, against the protocol between a harness and
// its nodes. A run of a workload shows whether a system keeps its promises; the checks here show whether a single node
// understands what it may be sent, and writes what a harness accepts.
//
// Each check starts a process of its own, sends it lines, and looks at what comes back. A check that fails holds the line that it
// sent, the line that came back, and the reason why it matters. See Checks for the list.
//
// # Levels
//
//   - Must: Maelstrom itself sends such lines to nodes, or refuses nodes that do otherwise. A program that fails can be told something
//     wrong about its algorithm.
//   - Should: the protocol allows or asks for it, though Maelstrom's own workloads get by without it. Other nodes, tools and
//     later versions may not.
//   - Nice: good manners. They help whoever debugs the node or drives it by hand.
//
// # Time
//
// Nothing is judged by its speed. A check waits for an answer as long as something still comes, and for the time of
// Options.Timeout after that; when it gives up, the result says how long it waited. All other waits end with the answer to a
// request that was sent for that purpose.
package conform
