// Package linear decides whether a history of registers is linearizable: whether the operations on each register can be put
// in an order in which every operation has the result that the client saw, and comes after all operations that had completed
// before it was invoked. As in the reference, a register holds null at first, a read of null fits any value, failed
// operations do not count, and an operation of unknown outcome may happen at any time after its invocation, or never.
//
// Four steps judge a register. A later step runs only if the earlier ones leave the question open.
//
//  1. Zones (zones.go). If every value was written once, comparing intervals of time decides, in O(n log n).
//  2. Search (search.go). Porcupine tries orders, with a budget of steps instead of a timer.
//  3. Windows (window.go). If the whole history has too many orders, each short stretch of it is searched by itself.
//  4. Narrowing (window.go). A contradiction is reduced to the smallest window that still has it, for the reasons and the picture.
//
// # A worked example
//
// Client 0 writes 1 (w 1), client 1 writes 2 afterwards, and yet client 2 then reads 1 (r 1):
//
//	position    0     1     2     3     4     5
//	client 0    |-w 1-|
//	client 1                |-w 2-|
//	client 2                            |-r 1-|
//
// Time is the position in the history: w 1 is invoked at 0 and completes at 1.
//
// The zone of a value lies between the first completion and the last invocation among the operations that wrote or read the
// value. The first completion of value 1 is at 1, and the last invocation is at 4. The completion comes first, so the
// register holds 1 during the whole zone: a forward zone. The operation on value 2 completes at 3 and begins at 2. The
// register holds 2 at some moment in between: a backward zone.
//
//	position    0     1     2     3     4     5
//	value 1           [=================]          the register holds 1 here
//	value 2                 [- - -]                the register holds 2 somewhere here
//
// The register cannot hold 2 inside the zone of 1: a contradiction, without a search.
//
// A window is a stretch of the history with an unknown past. It begins and ends right after a completion. The window from 1
// to 5 holds w 2 and r 1, and the register may hold anything before. No order explains the two operations, whatever that
// value is. The smaller windows 3 to 5 and 1 to 3 hold one operation each, and have an order. So the answer is the window
// from 1 to 5: its operations are the reason that the user reads.
package linear
