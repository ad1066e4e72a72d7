// The tests of the pages in a browser, apart from the project's own dependencies:
//	go -C browser test ./...
module glomers/browser

go 1.26.0

replace glomers => ../

require (
	github.com/chromedp/cdproto v0.159.0
	github.com/chromedp/chromedp v0.22.1
	github.com/stretchr/testify v1.12.1
	glomers v0.0.0-00010101000000-000000000000
)

require (
	github.com/anishathalye/porcupine v1.3.1 // indirect
	github.com/go-json-experiment/json v0.0.0-20260213210345-44df1a37e875 // indirect
	github.com/jepsen-io/maelstrom/demo/go v0.0.0-20251128144731-cb7f07239012 // indirect
	go.yaml.in/yaml/v3 v3.0.5 // indirect
)
