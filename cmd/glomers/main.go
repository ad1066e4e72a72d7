// Command glomers tests nodes of distributed systems: it runs them in a
// simulated network, injects faults, and judges what their clients saw.
//
//	glomers test -w WORKLOAD --bin PATH    runs one test
//	glomers challenge ID…|all              runs the challenges of Gossip Glomers
//	glomers check FILE                     judges a saved history
//	glomers compare A B                    shows two results side by side
//	glomers node [NAME]                    is a node, correct or broken on purpose
//	glomers demo                           tests a simple design of every workload
//	glomers doc                            writes the reference pages as Markdown
//	glomers help workloads|services|protocol|errors|faults|environment|results
//
// Results go to stdout; progress, logs and errors to stderr. The exit status is
// 0 when everything was valid, 1 when something was invalid or missed a target, 2 when the
// verdict is unknown, and 3 when a test could not be carried out.
package main

import "glomers/cli"

func main() { cli.Main() }
