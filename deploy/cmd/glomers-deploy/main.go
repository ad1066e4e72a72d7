// Command glomers-deploy runs node programs on a real network: as processes of one machine or of many, which talk over NATS or TCP.
package main

import "glomers/deploy/cli"

func main() { cli.Main() }
