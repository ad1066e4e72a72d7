// Package notice has the licences of everything that is linked into glomers and the solutions.
package notice

import _ "embed"

//go:generate go run glomers/internal/notice/generate

// Text is the file NOTICE of this directory and of the module's root: our own licence, and the full texts of those of other
// people's modules, of the Go standard library, and of embedded scripts.
//
//go:embed NOTICE
var Text string
