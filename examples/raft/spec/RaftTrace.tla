------------------------------ MODULE RaftTrace ------------------------------
(***************************************************************************)
(* Is there a behaviour of Raft that explains a trace?                     *)
(*                                                                         *)
(* The trace is a file, named by the environment variable TRACE, with a    *)
(* JSON object a line: an Event of event.go. This module reads it with the *)
(* modules Json and IOUtils of TLA+'s community modules. It lets only such *)
(* actions of Raft happen as lead to what the current line says, and goes  *)
(* to the next line when they have: so TLC's search ends behind the last   *)
(* line if, and only if, Raft explains the trace.                          *)
(*                                                                         *)
(* Nobody has run this with TLC; see README.md. explain.go and check.go    *)
(* are the same in Go, and that is what the tests run.                     *)
(***************************************************************************)
EXTENDS Raft, Json, IOUtils

Trace == ndJsonDeserialize(IOEnv.TRACE)

Set(list) == {list[k] : k \in DOMAIN list}

\* For RaftTrace.cfg: the first line has all servers as they begin.
First       == Trace[1].views
TraceServer == DOMAIN First
TraceVoters == Set(First[CHOOSE i \in TraceServer : TRUE].snapshotMembers.voters)
TraceValue  == STRING

-----------------------------------------------------------------------------
(* What the lines say, in the terms of Raft: JSON has lists for sets.      *)

AsMembers(j) == [voters |-> Set(j.voters), learners |-> Set(j.learners)]
AsLog(list)  == [k \in 1..Len(list) |-> [term |-> list[k].term, value |-> list[k].value, members |-> AsMembers(list[k].members)]]

\* A trace does not show which entries are in a snapshot.
Seen(m) == [m EXCEPT !.mlog = <<>>]

AsMessage(j) ==
    [mtype |-> j.mtype, mterm |-> j.mterm, msource |-> j.msource, mdest |-> j.mdest, mindex |-> j.mindex, mlogTerm |-> j.mlogTerm,
     mentries |-> AsLog(j.mentries), mcommitIndex |-> j.mcommitIndex, maccepted |-> j.maccepted, mtransfer |-> j.mtransfer,
     mmembers |-> AsMembers(j.mmembers), mlog |-> <<>>]

SameImage(image, j) ==
    /\ image.currentTerm = j.currentTerm
    /\ image.votedFor = j.votedFor
    /\ image.snapshotIndex = j.snapshotIndex
    /\ TermAt(image.log, j.snapshotIndex) = j.snapshotTerm
    /\ MembersAt(image.log, j.snapshotIndex) = AsMembers(j.snapshotMembers)
    /\ SubSeq(image.log, j.snapshotIndex + 1, Len(image.log)) = AsLog(j.log)

SameView(i, j) ==
    /\ SameImage(Image(i), j)
    /\ state[i] = j.state
    /\ commitIndex[i] = j.commitIndex
    /\ votesGranted[i] = Set(j.votesGranted)
    /\ nextIndex[i] = j.nextIndex
    /\ matchIndex[i] = j.matchIndex

-----------------------------------------------------------------------------
VARIABLES
    line,     \* the current line
    sent,     \* how many of the messages that it made are explained
    taken,    \* whether the message that it received is
    written   \* of each server: written[i][n] is the image that its first n records leave

progress  == <<line, sent, taken, written>>
traceVars == <<vars, progress>>

TraceInit ==
    /\ Init
    /\ \A i \in Server : SameView(i, First[i])
    /\ line = 2
    /\ sent = 0
    /\ taken = FALSE
    /\ written = [i \in Server |-> <<>>]

Event == Trace[line]
Has(field) == field \in DOMAIN Event
Made == IF Has("made") THEN Event.made ELSE <<>>

\* What the server has received, as long as no action has taken it.
Incoming == IF Has("message") /\ ~taken THEN {m \in BagToSet(messages) : Seen(m) = AsMessage(Event.message)} ELSE {}

\* The message that has to come next.
Due(type) == sent < Len(Made) /\ Made[sent + 1].mtype = type
NextMade  == Made[sent + 1]

\* The entry that a leader has to add.
Missing(i) == Len(log[i]) + 1 \in Event.view.snapshotIndex + 1..Event.view.snapshotIndex + Len(Event.view.log)
Wanted(i)  == AsLog(Event.view.log)[Len(log[i]) + 1 - Event.view.snapshotIndex]

Action(i) ==
    \/ Timeout(i)
    \/ StartElection(i)
    \/ CountOwnVote(i)
    \/ BecomeLeader(i)
    \/ StepDown(i)
    \/ Due("PreVoteRequest") /\ RequestPreVote(i, NextMade.mdest)
    \/ Due("RequestVoteRequest") /\ RequestVote(i, NextMade.mdest, NextMade.mtransfer)
    \/ Due("TimeoutNowRequest") /\ TransferLeadership(i, NextMade.mdest)
    \/ Missing(i) /\ ClientRequest(i, Wanted(i).value)
    \/ Missing(i) /\ ChangeMembers(i, Wanted(i).members)
    \/ Due("AppendEntriesRequest") /\ AppendEntries(i, NextMade.mdest, Len(NextMade.mentries))
    \/ Due("AppendEntriesRequest") /\ Heartbeat(i, NextMade.mdest)
    \/ Due("AppendEntriesRequest") /\ MoveNextIndex(i, NextMade.mdest, NextMade.mindex + 1)
    \/ sent = Len(Made) /\ \E j \in DOMAIN Event.view.nextIndex : MoveNextIndex(i, j, Event.view.nextIndex[j])
    \/ AdvanceCommitIndex(i, Event.view.commitIndex)
    \/ CompactLog(i, Event.view.snapshotIndex)
    \/ Due("InstallSnapshotRequest") /\ SendSnapshot(i, NextMade.mdest)
    \/ \E m \in Incoming :
        \/ UpdateTerm(i, m)
        \/ HandleStaleRequest(i, m)
        \/ \E grant \in BOOLEAN : HandlePreVoteRequest(i, m, grant)
        \/ \E grant \in BOOLEAN : HandleRequestVoteRequest(i, m, grant)
        \/ HandlePreVoteResponse(i, m)
        \/ HandleRequestVoteResponse(i, m)
        \/ HandleAppendEntriesRequest(i, m)
        \/ HandleAppendEntriesResponse(i, m)
        \/ HandleInstallSnapshotRequest(i, m)
        \/ DropMessage(m)

\* One of the actions of an event. They must not go beyond what the line says, or else the search would have no end.
Act(i) ==
    /\ Event.event = "step"
    /\ Action(i)
    /\ currentTerm'[i] <= Event.view.currentTerm
    /\ IF messages' = messages THEN UNCHANGED taken
       ELSE taken' = TRUE /\ \E m \in Incoming : messages' = messages (-) SetToBag({m})
    /\ IF outbox' = outbox THEN UNCHANGED sent
       ELSE /\ sent < Len(Made)
            /\ Seen(Last(outbox'[i]).message) = AsMessage(NextMade)
            /\ sent' = sent + 1
    /\ UNCHANGED <<line, written>>

NextLine == line' = line + 1 /\ sent' = 0 /\ taken' = FALSE

\* The actions of an event have led to what was seen.
Done(i) ==
    /\ Event.event = "step"
    /\ sent = Len(Made)
    /\ taken = Has("message")
    /\ SameView(i, Event.view)
    /\ NextLine
    /\ UNCHANGED <<vars, written>>

\* What the disk gets are images that Raft has, in order, and the last one is the present. 0 stands for one that it does not have.
RECURSIVE Places(_, _, _)
Places(i, from, images) ==
    IF images = <<>> THEN <<>>
    ELSE LET fit == {n \in from..Len(disk[i]) : SameImage(disk[i][n], Head(images))}
             n   == IF fit = {} THEN 0 ELSE CHOOSE n \in fit : \A other \in fit : n <= other
         IN  <<n>> \o Places(i, n, Tail(images))

Wrote(i) ==
    /\ Event.event = "write"
    /\ LET from   == IF written[i] = <<>> THEN 1 ELSE Last(written[i])
           places == Places(i, from, Event.images)
       IN  /\ 0 \notin Set(places)
           /\ Last(places) = Len(disk[i])
           /\ written' = [written EXCEPT ![i] = @ \o places]
    /\ NextLine
    /\ UNCHANGED vars

Synced(i) ==
    /\ Event.event = "sync"
    /\ Event.records \in 1..Len(written[i])
    /\ Sync(i, written[i][Event.records])
    /\ NextLine
    /\ UNCHANGED written

Left(i) ==
    /\ Event.event = "send"
    /\ \E k \in 1..Len(outbox[i]) : Seen(outbox[i][k].message) = AsMessage(Event.message) /\ Send(i, k)
    /\ NextLine
    /\ UNCHANGED written

Travelled ==
    /\ \E m \in Incoming :
        \/ Event.event = "drop" /\ DropMessage(m)
        \/ Event.event = "duplicate" /\ DuplicateMessage(m)
    /\ NextLine
    /\ UNCHANGED written

Restarted(i) ==
    /\ Event.event = "restart"
    /\ \E kept \in 1..Len(disk[i]) : Restart(i, kept)
    /\ \E view \in {Event.view} : SameView(i, view)'   \* Event.view' would be that of the next line
    /\ NextLine
    /\ written' = [written EXCEPT ![i] = <<>>]

TraceNext ==
    /\ line <= Len(Trace)
    /\ LET i == Event.server
       IN  Act(i) \/ Done(i) \/ Wrote(i) \/ Synced(i) \/ Left(i) \/ Travelled \/ Restarted(i)

TraceSpec == TraceInit /\ [][TraceNext]_traceVars

-----------------------------------------------------------------------------
\* TLC keeps the last line that it has reached. It must run with one worker.
ASSUME TLCSet(1, 0)
Reached  == TLCSet(1, Max(TLCGet(1), line))
Accepted == TLCGet(1) > Len(Trace) \/ Print(<<"nothing explains the line", TLCGet(1)>>, FALSE)
=============================================================================
