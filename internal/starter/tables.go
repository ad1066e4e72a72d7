package starter

// A language is a language that programs are made in.
type language struct {
	Name, Title string
	Needs       string // a command without which nothing can be built, tested or run
	tools       string // further commands that its programs need, with spaces between them
	Library     string // about the library of the protocol, in a sentence of Markdown
	Ignored     string // what a build makes, in the words of .gitignore; "" if nothing
	sign        string // a file that the directory of a program in this language has, and of others has not

	// The fields of Project, with NAME for the name of the program.
	build, test, bin string
}

var languages = []language{
	{
		Name: "go", Title: "Go", Needs: "go",
		Library: "The package `node` of glomers speaks the protocol, and `go doc` explains it.",
		sign:    "main.go",
		test:    "go test ./...", bin: ".",
	},
	{
		Name: "python", Title: "Python", Needs: "python3",
		Library: "[maelstrom.py](maelstrom.py) speaks the protocol, with nothing but the standard library.",
		Ignored: "__pycache__/",
		sign:    "main.py",
		test:    "python3 -m unittest", bin: "./main.py",
	},
	{
		Name: "javascript", Title: "JavaScript", Needs: "node",
		Library: "The program is [serve.js](serve.js). [maelstrom.js](maelstrom.js) speaks the protocol, with nothing but Node.js, and [json.js](json.js) keeps large integers exact.",
		sign:    "main.js",
		test:    "node --test", bin: "./main.js",
	},
	{
		Name: "rust", Title: "Rust", Needs: "cargo",
		Library: "The program is [src/main.rs](src/main.rs). [src/lib.rs](src/lib.rs) speaks the protocol, and [src/json.rs](src/json.rs) is all of JSON that it needs: there is no crate to download.",
		Ignored: "/target/",
		sign:    "Cargo.toml",
		build:   "cargo build --release", test: "cargo test", bin: "./target/release/NAME",
	},
	{
		Name: "java", Title: "Java", Needs: "javac", tools: "java",
		Library: "The program is [Main.java](Main.java). [Node.java](Node.java) speaks the protocol, and [Json.java](Json.java) is all of JSON that it needs.",
		Ignored: "/build/",
		sign:    "Main.java",
		build:   "javac -cp . -d build Main.java Tests.java", test: "java -cp build Tests", bin: "java -- -cp ./build Main",
	},
	{
		Name: "c", Title: "C", Needs: "cc", tools: "make",
		Library: "The program is [serve.c](serve.c). [maelstrom.h](maelstrom.h) speaks the protocol, and [json.h](json.h) is all of JSON that it needs. " +
			"They are written for POSIX: Linux, macOS, and WSL, but not Windows itself.",
		Ignored: "/build/",
		sign:    "serve.c",
		build:   "make", test: "make test", bin: "./build/NAME",
	},
}

// Languages returns the names of the languages.
func Languages() []string { return names(languages, func(l language) string { return l.Name }) }

// A task is a workload that programs are made for.
type task struct {
	Name       string
	About      string   // the problem, in a sentence of Markdown
	Idea       string   // how the program solves the problem
	Next       string   // something to improve
	Challenge  string   // the id of the challenge to try first
	Challenges []string // the ids of all challenges that the program passes
}

var tasks = []task{
	{
		"echo", "A client sends something, and the node sends it back.",
		"There is nothing to it: it shows the protocol.",
		"Go on with `--workload unique-ids`.",
		"1",
		[]string{"1"},
	},
	{
		"unique-ids", "Every node gives out ids that no node gives out again, also while nodes cannot reach each other.",
		"An id consists of the id of the node, a time that is another one after a restart, and a counter. So nodes need not talk to each other.",
		"Could an id be a number of 64 bits, and still be unique?",
		"2",
		[]string{"2"},
	},
	{
		"broadcast", "A value that a client gives to any node is soon in the reads of all nodes, also if links were cut meanwhile.",
		"Every 200 ms, each node sends its whole set to its neighbours, which take the union. Whatever is lost, a later message has it, too.",
		"The challenges 3d and 3e ask for fewer messages and less delay with 25 nodes: what has the other node got already?",
		"3b",
		[]string{"3a", "3b", "3c"},
	},
	{
		"g-counter", "Clients add to any node, and soon the reads of all nodes are the sum, also if links were cut meanwhile.",
		"Each node counts what its own clients add. Every 200 ms it sends the counts of all nodes to the others, which take the higher of two counts (a G-Counter, Shapiro et al. 2011).",
		"Most messages say nothing new: which ones could be left out?",
		"4",
		[]string{"4"},
	},
	{
		"kafka", "Clients append messages to logs, one for each key, and poll them by offset. All see the same log.",
		"The first node leads: it has all logs, and the other nodes pass requests on to it.",
		"A node that cannot reach the leader is of no use to anybody: which requests could it answer itself?",
		"5b",
		[]string{"5a", "5b"},
	},
	{
		"txn-rw-register", "Clients read and write several registers in one transaction, also while nodes cannot reach each other.",
		"A transaction runs at once where it arrives. Every 200 ms, each node sends its registers to the others; the last write of a register wins, by a Lamport clock (Lamport 1978).",
		"Two transactions may replace the same value, and one of the two writes is lost: which consistency models forbid that?",
		"6b",
		[]string{"6a", "6b", "6c"},
	},
}

// Workloads returns the names of the workloads.
func Workloads() []string { return names(tasks, func(w task) string { return w.Name }) }
