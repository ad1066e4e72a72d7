// Package serve shows a store of runs in the browser: the list of runs, each run, two runs side by side, and a run in
// progress as it goes.
//
// # Guarantees
//
// What is in a store came from programs that may do anything, and the page can delete. Therefore:
//
//  1. Only this machine is served, and only under the names localhost and 127.0.0.1: a page elsewhere whose name was made to
//     lead here (DNS rebinding) is refused.
//  2. Nothing outside the store is read or removed, whatever a name or a symbolic link says, and symbolic links inside are not
//     followed either.
//  3. Nothing that a node wrote is ever taken for HTML. The pages and pictures that a run itself brings, its report above all, are
//     shown in a frame without the rights of this origin: they can neither read the store nor delete, and lead nowhere else. Where
//     they would lead, the browser may open a connection, without asking for anything on it: no policy forbids that, nor WebRTC.
//  4. The browser loads nothing from elsewhere, and no page elsewhere can frame this one. Pages elsewhere can lead to the list and
//     to runs, if somebody follows their link; anything else that they ask for is refused.
//  5. To look changes nothing. Deleting, and making a report, takes a POST with a token that only this server's own pages have. A run
//     in progress is not deleted.
//  6. Whatever is in a store, and whoever asks how often, memory and time are bounded: see the limits in limits.go and follow.go, and in
//     internal/loopback. A page says what it does not show.
package serve
