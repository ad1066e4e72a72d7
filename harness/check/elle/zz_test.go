package elle_test
import ("testing";"fmt";"os";"strings";"time";"runtime"
"glomers/harness/check/elle")
func hwm() string { b,_:=os.ReadFile("/proc/self/status"); for _,l:=range strings.Split(string(b),"\n"){ if strings.HasPrefix(l,"VmHWM")||strings.HasPrefix(l,"VmRSS"){ fmt.Print(l," ")}}; fmt.Println(); return ""}
func TestZZ(t *testing.T) {
	db := newListDB(1, strictSerial)
	db.processes, db.keys, db.writes = 20, 10, 16
	h := db.run(1000000)
	runtime.GC()
	hwm()
	s:=time.Now()
	r:=elle.Append(h, elle.Options{})
	fmt.Println(time.Since(s), r.Valid)
	hwm()
	var sz int; for _,o:=range h {sz+=len(o.Value)}; fmt.Println(sz>>20,"MiB json")
}
func TestZZ2(t *testing.T) {
	db := newListDB(1, strictSerial)
	db.processes, db.keys, db.writes = 20, 3, 1<<30
	h := db.run(6000)
	s:=time.Now()
	r:=elle.Append(h, elle.Options{})
	fmt.Println(time.Since(s), r.Valid)
	var sz int; for _,o:=range h {sz+=len(o.Value)}; fmt.Println(sz>>20,"MiB json")
	db = newListDB(1, unisolated)
	db.processes, db.keys, db.writes = 20, 3, 1<<30
	h = db.run(6000)
	s=time.Now()
	r=elle.Append(h, elle.Options{})
	fmt.Println(time.Since(s), r.Valid, r.Counts)
	sz=0; for _,o:=range h {sz+=len(o.Value)}; fmt.Println(sz>>20,"MiB json")
}
