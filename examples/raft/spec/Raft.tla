-------------------------------- MODULE Raft --------------------------------
(***************************************************************************)
(* The core of examples/raft as a state machine in TLA+.                   *)
(*                                                                         *)
(* A behaviour begins in Init, and each of its steps is one of the actions *)
(* that Next lists. An action is a formula: it says under which conditions *)
(* the step may happen, and what the variables are after it (with a prime, *)
(* as in log'). It does not say when it happens: there are no clocks here. *)
(* A timeout may come at any moment, a message at any time after it was    *)
(* sent, twice, or never. What holds in spite of that holds with any       *)
(* timeouts. The properties at the end are those of figure 3 of the paper. *)
(*                                                                         *)
(* Names are those of Ongaro's specification of Raft, for which there are  *)
(* many readers. What is not in it: the disk (disk, synced, outbox), the   *)
(* pre-vote, snapshots, changes of members, and leadership transfer.       *)
(*                                                                         *)
(* Every action is a Go function of the same name in this directory. TLC   *)
(* has not run this text: it is not to be had where it was written. What   *)
(* was run is said in README.md. Paper and thesis are those that the       *)
(* documentation of package raft names.                                    *)
(***************************************************************************)
EXTENDS Naturals, Sequences, FiniteSets, Bags, TLC

CONSTANTS
    Server,        \* the names of the servers: strings
    InitialVoters, \* those of them that are voters at the beginning
    Value          \* what clients may propose: strings

Nil == ""          \* no server, and no value

Follower     == "Follower"
PreCandidate == "PreCandidate"   \* asks whether it would win, before it begins a term
Candidate    == "Candidate"
Leader       == "Leader"

-----------------------------------------------------------------------------
(* What a server must not forget.                                          *)

VARIABLES
    currentTerm,
    votedFor,       \* in currentTerm, or Nil
    log,            \* all entries from the first one on, as if there were no snapshots
    snapshotIndex   \* the entries up to here are in the snapshot: the server no longer has them one by one

persistent == <<currentTerm, votedFor, log, snapshotIndex>>

(* What it forgets when it is killed.                                      *)

VARIABLES
    state,
    commitIndex,
    votesGranted,   \* to a candidate or pre-candidate
    nextIndex,      \* of a leader, for each other member: which entry to send next
    matchIndex      \* up to where the member's log is known to agree and to be on its disk

volatile == <<state, commitIndex, votesGranted, nextIndex, matchIndex>>

(* Its disk, which is slower than the server. disk[i] is the sequence of   *)
(* the images that were written in this life; it begins with that from     *)
(* which the life began. Those up to synced[i] are sure to survive, and of *)
(* the later ones a kill leaves any first part. A message in outbox[i] may *)
(* leave when the image with the number in its field needs is synced: so   *)
(* no server forgets what it has promised.                                 *)

VARIABLES disk, synced, outbox

VARIABLE messages   \* the bag of messages under way

(* What only the properties look at.                                       *)

VARIABLES
    elections,      \* <<term, server>> of every leader so far
    decided         \* every entry that was ever committed, with the first term in which it was

history == <<elections, decided>>

vars == <<persistent, volatile, disk, synced, outbox, messages, history>>

-----------------------------------------------------------------------------
(* Words.                                                                  *)

Min(a, b) == IF a < b THEN a ELSE b
Max(a, b) == IF a > b THEN a ELSE b
Last(s)   == s[Len(s)]

TermAt(l, n) == IF n \in 1..Len(l) THEN l[n].term ELSE 0

\* Members are a record of two sets. An entry that does not change them has none.
NoMembers == [voters |-> {}, learners |-> {}]
Initial   == [voters |-> InitialVoters, learners |-> {}]
Entry(i, value, members) == [term |-> currentTerm[i], value |-> value, members |-> members]

\* The members that a log says, up to an index: of its last entry that has some.
MembersAt(l, n) ==
    LET with == {k \in 1..n : l[k].members.voters # {}}
    IN  IF with = {} THEN Initial
        ELSE l[CHOOSE k \in with : \A j \in with : j <= k].members

\* The latest ones count, committed or not (thesis 4.1).
Members(i) == MembersAt(log[i], Len(log[i]))
Voters(i)  == Members(i).voters
Others(i)  == (Voters(i) \cup Members(i).learners) \ {i}

\* Two quorums of the same voters have a server in common, and so have those before and after a change of one voter.
Quorum(i, set) == 2 * Cardinality(Voters(i) \cap set) > Cardinality(Voters(i))

\* A voter whose removal is not committed may be the only one whose log is long enough (thesis 4.2.2).
Electable(i) == i \in Voters(i) \cup MembersAt(log[i], commitIndex[i]).voters

\* A log that ends so is at least as up-to-date as that of i (section 5.4.1).
UpToDate(i, index, term) ==
    LET last == TermAt(log[i], Len(log[i]))
    IN  term > last \/ (term = last /\ index >= Len(log[i]))

MayVote(i, m) ==
    /\ m.mterm > currentTerm[i] \/ votedFor[i] \in {Nil, m.msource}
    /\ UpToDate(i, m.mindex, m.mlogTerm)

Image(i) == [currentTerm |-> currentTerm[i], votedFor |-> votedFor[i], log |-> log[i], snapshotIndex |-> snapshotIndex[i]]

\* Up to where the log is on the disk, and will be after a kill.
Durable(i) ==
    LET saved  == disk[i][synced[i]].log
        common == {n \in 0..Min(Len(saved), Len(log[i])) : \A k \in 1..n : saved[k].term = log[i][k].term}
    IN  CHOOSE n \in common : \A k \in common : k <= n

-----------------------------------------------------------------------------
(* Parts of actions.                                                       *)

\* A message has all of these fields. Those that do not count for its type are as here.
Blank == [mtype |-> "", mterm |-> 0, msource |-> Nil, mdest |-> Nil,
          mindex |-> 0,       \* of the entry before the entries; of the last entry; up to which the logs agree; of the snapshot
          mlogTerm |-> 0,     \* of the entry at mindex, in requests
          mentries |-> <<>>, mcommitIndex |-> 0,
          maccepted |-> FALSE,\* in responses: a vote is granted, or the logs agree
          mtransfer |-> FALSE,\* the leader has asked for this election
          mmembers |-> NoMembers, mlog |-> <<>>] \* of a snapshot: its members, and the entries that are in it

\* The last conjunct but one of an action that changes what must survive: the disk gets a new image.
Write(i) == disk' = [disk EXCEPT ![i] = IF Image(i)' = Last(@) THEN @ ELSE Append(@, Image(i)')]

\* The last conjunct of an action that makes a message. The requests of a leader promise nothing, because it counts itself only for
\* what is on its disk (thesis 10.2.1). All others wait for the image that there is now.
Put(i, fields) ==
    LET m     == fields @@ [Blank EXCEPT !.msource = i]
        early == m.mtype \in {"AppendEntriesRequest", "InstallSnapshotRequest"}
    IN  outbox' = [outbox EXCEPT ![i] = Append(@, [message |-> m, needs |-> IF early THEN 1 ELSE Len(disk'[i])])]

Take(m) == messages' = messages (-) SetToBag({m})

Received(i, m, type) == BagIn(m, messages) /\ m.mdest = i /\ m.mtype = type

\* i becomes, or stays, a follower.
Follow(i) ==
    /\ state' = [state EXCEPT ![i] = Follower]
    /\ votesGranted' = [votesGranted EXCEPT ![i] = {}]
    /\ nextIndex' = [nextIndex EXCEPT ![i] = <<>>]
    /\ matchIndex' = [matchIndex EXCEPT ![i] = <<>>]

\* The commit index of i becomes n, in a log that is l by then.
Commit(i, n, l) ==
    /\ commitIndex' = [commitIndex EXCEPT ![i] = n]
    /\ decided' = decided \cup {[index |-> k, entry |-> l[k], term |-> currentTerm[i]] : k \in commitIndex[i]+1..n}

-----------------------------------------------------------------------------
Init ==
    /\ currentTerm = [i \in Server |-> 0]
    /\ votedFor = [i \in Server |-> Nil]
    /\ log = [i \in Server |-> <<>>]
    /\ snapshotIndex = [i \in Server |-> 0]
    /\ state = [i \in Server |-> Follower]
    /\ commitIndex = [i \in Server |-> 0]
    /\ votesGranted = [i \in Server |-> {}]
    /\ nextIndex = [i \in Server |-> <<>>]    \* a function without a domain: i is not a leader
    /\ matchIndex = [i \in Server |-> <<>>]
    /\ disk = [i \in Server |-> <<Image(i)>>]
    /\ synced = [i \in Server |-> 1]
    /\ outbox = [i \in Server |-> <<>>]
    /\ messages = EmptyBag
    /\ elections = {}
    /\ decided = {}

-----------------------------------------------------------------------------
(* Elections.                                                              *)

\* A server that has not heard of a leader asks whether it would win an election (thesis 9.6).
Timeout(i) ==
    /\ state[i] # Leader
    /\ Electable(i)
    /\ state' = [state EXCEPT ![i] = PreCandidate]
    /\ votesGranted' = [votesGranted EXCEPT ![i] = {i}]
    /\ UNCHANGED <<persistent, commitIndex, nextIndex, matchIndex, disk, synced, outbox, messages, history>>

\* It asks another voter.
RequestPreVote(i, j) ==
    /\ state[i] = PreCandidate
    /\ j \in Voters(i) \ {i}
    /\ UNCHANGED <<persistent, volatile, disk, synced, messages, history>>
    /\ Put(i, [mtype |-> "PreVoteRequest", mterm |-> currentTerm[i] + 1, mdest |-> j,
               mindex |-> Len(log[i]), mlogTerm |-> TermAt(log[i], Len(log[i]))])

\* The answer is a forecast, which changes nothing. It may be no for any reason.
HandlePreVoteRequest(i, m, grant) ==
    /\ Received(i, m, "PreVoteRequest")
    /\ m.mterm >= currentTerm[i]
    /\ grant => MayVote(i, m)
    /\ Take(m)
    /\ UNCHANGED <<persistent, volatile, disk, synced, history>>
    /\ Put(i, [mtype |-> "PreVoteResponse", mdest |-> m.msource, maccepted |-> grant,
               mterm |-> IF grant THEN m.mterm ELSE currentTerm[i]]) \* if granted: a term in which i is not

\* A forecast is counted.
HandlePreVoteResponse(i, m) ==
    /\ Received(i, m, "PreVoteResponse")
    /\ m.maccepted
    /\ state[i] = PreCandidate
    /\ m.mterm = currentTerm[i] + 1
    /\ Take(m)
    /\ votesGranted' = [votesGranted EXCEPT ![i] = @ \cup {m.msource}]
    /\ UNCHANGED <<persistent, state, commitIndex, nextIndex, matchIndex, disk, synced, outbox, history>>

\* A server that would win becomes a candidate in a new term, and so does one that the leader has told to (thesis 3.10).
StartElection(i) ==
    /\ Electable(i)
    /\ \/ /\ state[i] = PreCandidate
          /\ Quorum(i, votesGranted[i])
          /\ UNCHANGED messages
       \/ \E m \in BagToSet(messages) :
          /\ Received(i, m, "TimeoutNowRequest")
          /\ m.mterm = currentTerm[i]
          /\ state[i] # Leader
          /\ Take(m)
    /\ currentTerm' = [currentTerm EXCEPT ![i] = @ + 1]
    /\ votedFor' = [votedFor EXCEPT ![i] = i]
    /\ state' = [state EXCEPT ![i] = Candidate]
    /\ votesGranted' = [votesGranted EXCEPT ![i] = {}]  \* even its own vote counts only when it is saved
    /\ UNCHANGED <<log, snapshotIndex, commitIndex, nextIndex, matchIndex, synced, outbox, history>>
    /\ Write(i)

\* A candidate asks another voter. It says whether the leader has asked for this election.
RequestVote(i, j, transfer) ==
    /\ state[i] = Candidate
    /\ j \in Voters(i) \ {i}
    /\ UNCHANGED <<persistent, volatile, disk, synced, messages, history>>
    /\ Put(i, [mtype |-> "RequestVoteRequest", mterm |-> currentTerm[i], mdest |-> j, mtransfer |-> transfer,
               mindex |-> Len(log[i]), mlogTerm |-> TermAt(log[i], Len(log[i]))])

\* A server has one vote in a term, for a candidate whose log has everything that may be committed. It may refuse for any other
\* reason, too: because it hears a leader, for example (thesis 4.2.3).
HandleRequestVoteRequest(i, m, grant) ==
    /\ Received(i, m, "RequestVoteRequest")
    /\ m.mterm = currentTerm[i]
    /\ grant => MayVote(i, m)
    /\ Take(m)
    /\ votedFor' = [votedFor EXCEPT ![i] = IF grant THEN m.msource ELSE @]
    /\ UNCHANGED <<currentTerm, log, snapshotIndex, volatile, synced, history>>
    /\ Write(i)
    /\ Put(i, [mtype |-> "RequestVoteResponse", mterm |-> currentTerm[i], mdest |-> m.msource, maccepted |-> grant])

\* A vote is counted.
HandleRequestVoteResponse(i, m) ==
    /\ Received(i, m, "RequestVoteResponse")
    /\ m.maccepted
    /\ state[i] = Candidate
    /\ m.mterm = currentTerm[i]
    /\ Take(m)
    /\ votesGranted' = [votesGranted EXCEPT ![i] = @ \cup {m.msource}]
    /\ UNCHANGED <<persistent, state, commitIndex, nextIndex, matchIndex, disk, synced, outbox, history>>

\* A candidate's own vote counts as soon as it is on its disk.
CountOwnVote(i) ==
    /\ state[i] = Candidate
    /\ disk[i][synced[i]].currentTerm = currentTerm[i]
    /\ disk[i][synced[i]].votedFor = i
    /\ votesGranted' = [votesGranted EXCEPT ![i] = @ \cup {i}]
    /\ UNCHANGED <<persistent, state, commitIndex, nextIndex, matchIndex, disk, synced, outbox, messages, history>>

\* A majority has elected the candidate. The first entry of its term is an empty one: when it is committed, the leader knows which of
\* those before it are, too (section 8).
BecomeLeader(i) ==
    /\ state[i] = Candidate
    /\ Quorum(i, votesGranted[i])
    /\ state' = [state EXCEPT ![i] = Leader]
    /\ votesGranted' = [votesGranted EXCEPT ![i] = {}]
    /\ nextIndex' = [nextIndex EXCEPT ![i] = [j \in Others(i) |-> Len(log[i]) + 1]]
    /\ matchIndex' = [matchIndex EXCEPT ![i] = [j \in Others(i) |-> 0]]
    /\ log' = [log EXCEPT ![i] = Append(@, Entry(i, Nil, NoMembers))]
    /\ elections' = elections \cup {<<currentTerm[i], i>>}
    /\ UNCHANGED <<currentTerm, votedFor, snapshotIndex, commitIndex, synced, outbox, messages, decided>>
    /\ Write(i)

\* A leader may give up at any time: because it has had no word from a majority, or is no longer a voter.
StepDown(i) ==
    /\ state[i] = Leader
    /\ Follow(i)
    /\ UNCHANGED <<persistent, commitIndex, disk, synced, outbox, messages, history>>

\* A message of a newer term ends every role (section 5.1). Those of pre-votes do not, but for a refusal: their term may never come.
\* The message stays, to be handled.
UpdateTerm(i, m) ==
    /\ BagIn(m, messages)
    /\ m.mdest = i
    /\ m.mterm > currentTerm[i]
    /\ m.mtype # "PreVoteRequest"
    /\ ~(m.mtype = "PreVoteResponse" /\ m.maccepted)
    /\ currentTerm' = [currentTerm EXCEPT ![i] = m.mterm]
    /\ votedFor' = [votedFor EXCEPT ![i] = Nil]
    /\ Follow(i)
    /\ UNCHANGED <<log, snapshotIndex, commitIndex, synced, outbox, messages, history>>
    /\ Write(i)

\* A request of an older term is refused, with the current one.
HandleStaleRequest(i, m) ==
    LET response == [PreVoteRequest |-> "PreVoteResponse", RequestVoteRequest |-> "RequestVoteResponse",
                     AppendEntriesRequest |-> "AppendEntriesResponse", InstallSnapshotRequest |-> "AppendEntriesResponse"]
    IN  /\ BagIn(m, messages)
        /\ m.mdest = i
        /\ m.mtype \in DOMAIN response
        /\ m.mterm < currentTerm[i]
        /\ Take(m)
        /\ UNCHANGED <<persistent, volatile, disk, synced, history>>
        /\ Put(i, [mtype |-> response[m.mtype], mterm |-> currentTerm[i], mdest |-> m.msource])

\* A leader may tell another voter to start an election at once (thesis 3.10). That it should have the whole log is a matter of success,
\* not of safety.
TransferLeadership(i, j) ==
    /\ state[i] = Leader
    /\ j \in Voters(i) \ {i}
    /\ UNCHANGED <<persistent, volatile, disk, synced, messages, history>>
    /\ Put(i, [mtype |-> "TimeoutNowRequest", mterm |-> currentTerm[i], mdest |-> j])

-----------------------------------------------------------------------------
(* The log.                                                                *)

\* A leader adds a value to its log.
ClientRequest(i, v) ==
    /\ state[i] = Leader
    /\ v # Nil
    /\ log' = [log EXCEPT ![i] = Append(@, Entry(i, v, NoMembers))]
    /\ UNCHANGED <<currentTerm, votedFor, snapshotIndex, volatile, synced, outbox, messages, history>>
    /\ Write(i)

\* A leader adds or removes one voter, and any learners. The last change is committed (thesis 4.1), and so is an entry of this term (the
\* note of 2015 to the thesis). A member that is new, or is one again, begins with nothing.
ChangeMembers(i, members) ==
    LET old == Members(i)
        all == (members.voters \cup members.learners) \ {i}
    IN  /\ state[i] = Leader
        /\ members.voters # {}
        /\ Cardinality((old.voters \ members.voters) \cup (members.voters \ old.voters)) <= 1
        /\ MembersAt(log[i], commitIndex[i]) = old
        /\ TermAt(log[i], commitIndex[i]) = currentTerm[i]
        /\ log' = [log EXCEPT ![i] = Append(@, Entry(i, Nil, members))]
        /\ nextIndex' = [nextIndex EXCEPT ![i] = [j \in all |-> IF j \in DOMAIN @ THEN @[j] ELSE Len(log[i]) + 1]]
        /\ matchIndex' = [matchIndex EXCEPT ![i] = [j \in all |-> IF j \in DOMAIN @ THEN @[j] ELSE 0]]
        /\ UNCHANGED <<currentTerm, votedFor, snapshotIndex, state, commitIndex, votesGranted, synced, outbox, messages, history>>
        /\ Write(i)

\* A leader sends a member the next n entries, or none, and tells how much is committed (section 5.3).
AppendEntries(i, j, n) ==
    /\ state[i] = Leader
    /\ j \in DOMAIN nextIndex[i]
    /\ LET before == nextIndex[i][j] - 1
       IN  /\ before >= snapshotIndex[i]
           /\ before + n <= Len(log[i])
           /\ UNCHANGED <<persistent, volatile, disk, synced, messages, history>>
           /\ Put(i, [mtype |-> "AppendEntriesRequest", mterm |-> currentTerm[i], mdest |-> j,
                      mindex |-> before, mlogTerm |-> TermAt(log[i], before),
                      mentries |-> SubSeq(log[i], before + 1, before + n), mcommitIndex |-> commitIndex[i]])

\* A leader tells a member only that it leads. All logs agree before their beginning.
Heartbeat(i, j) ==
    /\ state[i] = Leader
    /\ j \in DOMAIN nextIndex[i]
    /\ UNCHANGED <<persistent, volatile, disk, synced, messages, history>>
    /\ Put(i, [mtype |-> "AppendEntriesRequest", mterm |-> currentTerm[i], mdest |-> j])

\* What a leader sends next is its guess: it may send before it has answers, and go back when one is no. Good guesses make it fast; it
\* is safe with any. But it never asks again for what a member has acknowledged.
MoveNextIndex(i, j, next) ==
    /\ state[i] = Leader
    /\ j \in DOMAIN nextIndex[i]
    /\ next > matchIndex[i][j]
    /\ next <= Len(log[i]) + 1
    /\ nextIndex' = [nextIndex EXCEPT ![i][j] = next]
    /\ UNCHANGED <<persistent, state, commitIndex, votesGranted, matchIndex, disk, synced, outbox, messages, history>>

\* A server takes the entries of its leader if the logs agree up to there, and removes its own only from the first conflict on: a late
\* message must not take away what a later one has brought.
HandleAppendEntriesRequest(i, m) ==
    LET before    == m.mindex
        end       == before + Len(m.mentries)
        conflicts == {k \in 1..Len(m.mentries) : TermAt(log[i], before + k) # m.mentries[k].term}
        merged    == IF conflicts = {} THEN log[i]
                     ELSE LET first == CHOOSE k \in conflicts : \A c \in conflicts : k <= c
                          IN  SubSeq(log[i], 1, before + first - 1) \o SubSeq(m.mentries, first, Len(m.mentries))
        answer    == [mtype |-> "AppendEntriesResponse", mterm |-> currentTerm[i], mdest |-> m.msource]
    IN  /\ Received(i, m, "AppendEntriesRequest")
        /\ m.mterm = currentTerm[i]
        /\ state[i] # Leader
        /\ Take(m)
        /\ Follow(i)
        /\ UNCHANGED <<currentTerm, votedFor, snapshotIndex, synced, elections>>
        /\ \/ /\ before < commitIndex[i]    \* up to there all logs are the same
              /\ UNCHANGED <<log, commitIndex, disk, decided>>
              /\ Put(i, answer @@ [maccepted |-> TRUE, mindex |-> commitIndex[i]])
           \/ /\ before >= commitIndex[i]
              /\ before > Len(log[i]) \/ TermAt(log[i], before) # m.mlogTerm
              /\ UNCHANGED <<log, commitIndex, disk, decided>>
              /\ Put(i, answer @@ [mindex |-> before])
           \/ /\ before >= commitIndex[i]
              /\ before <= Len(log[i]) /\ TermAt(log[i], before) = m.mlogTerm
              /\ log' = [log EXCEPT ![i] = merged]
              /\ Commit(i, Max(commitIndex[i], Min(m.mcommitIndex, end)), merged)
              /\ Write(i)
              /\ Put(i, answer @@ [maccepted |-> TRUE, mindex |-> end])

\* A leader learns up to where a member's log is on disk and agrees with its own. A refusal says nothing that is sure.
HandleAppendEntriesResponse(i, m) ==
    LET j     == m.msource
        match == Max(matchIndex[i][j], m.mindex)
    IN  /\ Received(i, m, "AppendEntriesResponse")
        /\ m.mterm = currentTerm[i]
        /\ j \in DOMAIN nextIndex[i]
        /\ m.mindex <= Len(log[i])
        /\ Take(m)
        /\ IF m.maccepted
           THEN /\ matchIndex' = [matchIndex EXCEPT ![i][j] = match]
                /\ nextIndex' = [nextIndex EXCEPT ![i][j] = Max(@, match + 1)]
           ELSE UNCHANGED <<matchIndex, nextIndex>>
        /\ UNCHANGED <<persistent, state, commitIndex, votesGranted, disk, synced, outbox, history>>

\* An entry of the leader's term that is on the disks of a majority is committed, with all before it. An entry of an older term is not:
\* see figure 8 and section 5.4.2.
AdvanceCommitIndex(i, n) ==
    /\ state[i] = Leader
    /\ n > commitIndex[i]
    /\ n <= Len(log[i])
    /\ TermAt(log[i], n) = currentTerm[i]
    /\ Quorum(i, {j \in DOMAIN matchIndex[i] : matchIndex[i][j] >= n} \cup (IF Durable(i) >= n THEN {i} ELSE {}))
    /\ Commit(i, n, log[i])
    /\ UNCHANGED <<persistent, state, votesGranted, nextIndex, matchIndex, disk, synced, outbox, messages, elections>>

-----------------------------------------------------------------------------
(* Snapshots (section 7). The entries that a snapshot replaces stay in log *)
(* here, so that the properties can speak of them; but after CompactLog no *)
(* action sends them one by one.                                           *)

\* A snapshot takes the place of entries that are committed.
CompactLog(i, n) ==
    /\ n > snapshotIndex[i]
    /\ n <= commitIndex[i]
    /\ snapshotIndex' = [snapshotIndex EXCEPT ![i] = n]
    /\ UNCHANGED <<currentTerm, votedFor, log, volatile, synced, outbox, messages, history>>
    /\ Write(i)

\* A leader sends its snapshot in place of entries that it no longer has.
SendSnapshot(i, j) ==
    LET at == snapshotIndex[i]
    IN  /\ state[i] = Leader
        /\ j \in DOMAIN nextIndex[i]
        /\ UNCHANGED <<persistent, volatile, disk, synced, messages, history>>
        /\ Put(i, [mtype |-> "InstallSnapshotRequest", mterm |-> currentTerm[i], mdest |-> j,
                   mindex |-> at, mlogTerm |-> TermAt(log[i], at),
                   mmembers |-> MembersAt(log[i], at), mlog |-> SubSeq(log[i], 1, at)])

\* The snapshot becomes the log, unless the log has its last entry, and so all of it.
HandleInstallSnapshotRequest(i, m) ==
    LET newer == m.mindex > commitIndex[i]
        whole == newer /\ TermAt(log[i], m.mindex) # m.mlogTerm
    IN  /\ Received(i, m, "InstallSnapshotRequest")
        /\ m.mterm = currentTerm[i]
        /\ state[i] # Leader
        /\ Take(m)
        /\ Follow(i)
        /\ log' = [log EXCEPT ![i] = IF whole THEN m.mlog ELSE @]
        /\ snapshotIndex' = [snapshotIndex EXCEPT ![i] = IF whole THEN m.mindex ELSE @]
        /\ Commit(i, Max(commitIndex[i], m.mindex), m.mlog)
        /\ UNCHANGED <<currentTerm, votedFor, synced, elections>>
        /\ Write(i)
        /\ Put(i, [mtype |-> "AppendEntriesResponse", mterm |-> currentTerm[i], mdest |-> m.msource,
                   maccepted |-> TRUE, mindex |-> Max(commitIndex[i], m.mindex)])

-----------------------------------------------------------------------------
(* Disks, kills, and the network.                                          *)

\* The disk has what was written, up to an image.
Sync(i, n) ==
    /\ n \in synced[i]..Len(disk[i])
    /\ synced' = [synced EXCEPT ![i] = n]
    /\ UNCHANGED <<persistent, volatile, disk, outbox, messages, history>>

\* A message leaves, when the disk has what it needs.
Send(i, k) ==
    /\ k \in 1..Len(outbox[i])
    /\ outbox[i][k].needs <= synced[i]
    /\ messages' = messages (+) SetToBag({outbox[i][k].message})
    /\ outbox' = [outbox EXCEPT ![i] = SubSeq(@, 1, k - 1) \o SubSeq(@, k + 1, Len(@))]
    /\ UNCHANGED <<persistent, volatile, disk, synced, history>>

\* A server is killed, and begins a new life. Its disk has everything that was synced, and any first part of what was written later.
Restart(i, kept) ==
    /\ kept \in synced[i]..Len(disk[i])
    /\ LET image == disk[i][kept]
       IN  /\ currentTerm' = [currentTerm EXCEPT ![i] = image.currentTerm]
           /\ votedFor' = [votedFor EXCEPT ![i] = image.votedFor]
           /\ log' = [log EXCEPT ![i] = image.log]
           /\ snapshotIndex' = [snapshotIndex EXCEPT ![i] = image.snapshotIndex]
           /\ commitIndex' = [commitIndex EXCEPT ![i] = image.snapshotIndex]
           /\ disk' = [disk EXCEPT ![i] = <<image>>]
    /\ Follow(i)
    /\ synced' = [synced EXCEPT ![i] = 1]
    /\ outbox' = [outbox EXCEPT ![i] = <<>>]
    /\ UNCHANGED <<messages, history>>

\* A message is lost. A server that ignores a message does the same.
DropMessage(m) ==
    /\ BagIn(m, messages)
    /\ Take(m)
    /\ UNCHANGED <<persistent, volatile, disk, synced, outbox, history>>

\* A message comes twice.
DuplicateMessage(m) ==
    /\ BagIn(m, messages)
    /\ messages' = messages (+) SetToBag({m})
    /\ UNCHANGED <<persistent, volatile, disk, synced, outbox, history>>

-----------------------------------------------------------------------------
Next ==
    \/ \E i \in Server :
        \/ Timeout(i)
        \/ StartElection(i)
        \/ CountOwnVote(i)
        \/ BecomeLeader(i)
        \/ StepDown(i)
        \/ \E j \in Server : RequestPreVote(i, j)
        \/ \E j \in Server, transfer \in BOOLEAN : RequestVote(i, j, transfer)
        \/ \E j \in Server : TransferLeadership(i, j)
        \/ \E v \in Value : ClientRequest(i, v)
        \/ \E voters, learners \in SUBSET Server :
            /\ voters \cap learners = {}
            /\ ChangeMembers(i, [voters |-> voters, learners |-> learners])
        \/ \E j \in Server, n \in 0..Len(log[i]) : AppendEntries(i, j, n)
        \/ \E j \in Server : Heartbeat(i, j)
        \/ \E j \in Server, next \in 1..Len(log[i]) + 1 : MoveNextIndex(i, j, next)
        \/ \E n \in 1..Len(log[i]) : AdvanceCommitIndex(i, n)
        \/ \E n \in 1..Len(log[i]) : CompactLog(i, n)
        \/ \E j \in Server : SendSnapshot(i, j)
        \/ \E n \in 1..Len(disk[i]) : Sync(i, n)
        \/ \E k \in 1..Len(outbox[i]) : Send(i, k)
        \/ \E kept \in 1..Len(disk[i]) : Restart(i, kept)
        \/ \E m \in BagToSet(messages) :
            \/ UpdateTerm(i, m)
            \/ HandleStaleRequest(i, m)
            \/ \E grant \in BOOLEAN : HandlePreVoteRequest(i, m, grant)
            \/ \E grant \in BOOLEAN : HandleRequestVoteRequest(i, m, grant)
            \/ HandlePreVoteResponse(i, m)
            \/ HandleRequestVoteResponse(i, m)
            \/ HandleAppendEntriesRequest(i, m)
            \/ HandleAppendEntriesResponse(i, m)
            \/ HandleInstallSnapshotRequest(i, m)
    \/ \E m \in BagToSet(messages) :
        \/ DropMessage(m)
        \/ DuplicateMessage(m)

Spec == Init /\ [][Next]_vars

-----------------------------------------------------------------------------
(* Figure 3 of the paper.                                                  *)

\* At most one leader can be elected in a term.
ElectionSafety == \A a, b \in elections : a[1] = b[1] => a[2] = b[2]

\* A leader never overwrites or deletes entries in its log: a property of steps.
LeaderAppendOnly ==
    [][\A i \in Server :
        (state[i] = Leader /\ state'[i] = Leader /\ currentTerm'[i] = currentTerm[i])
            => SubSeq(log'[i], 1, Len(log[i])) = log[i]]_vars

\* If two logs have an entry of the same term at the same index, they are identical up to it.
LogMatching ==
    \A i, j \in Server : \A n \in 1..Min(Len(log[i]), Len(log[j])) :
        log[i][n].term = log[j][n].term => SubSeq(log[i], 1, n) = SubSeq(log[j], 1, n)

\* An entry that was committed in a term is in the log of the leader of each later term.
LeaderCompleteness ==
    \A d \in decided : \A i \in Server :
        (state[i] = Leader /\ currentTerm[i] > d.term) => (d.index <= Len(log[i]) /\ log[i][d.index] = d.entry)

\* No two servers ever take different entries at the same index for committed.
StateMachineSafety == \A a, b \in decided : a.index = b.index => a.entry = b.entry

\* The indexes are in order, and what must survive is on its way to the disk.
InOrder ==
    \A i \in Server :
        /\ snapshotIndex[i] <= commitIndex[i]
        /\ commitIndex[i] <= Len(log[i])
        /\ \A j \in DOMAIN nextIndex[i] : matchIndex[i][j] < nextIndex[i][j] /\ nextIndex[i][j] <= Len(log[i]) + 1
        /\ synced[i] \in 1..Len(disk[i])
        /\ Last(disk[i]) = Image(i)

\* A part that a model checker can exhaust, for Raft.cfg.
Small ==
    /\ \A i \in Server : currentTerm[i] <= 2 /\ Len(log[i]) <= 2 /\ Len(outbox[i]) <= 2
    /\ BagCardinality(messages) <= 2
=============================================================================
