package elle_test
import ("testing";"fmt";"slices";"reflect"
"glomers/harness/check/elle")
func TestZZ(t *testing.T) {
	n:=0; bad:=0
	for _, c := range corpus(t,"listappend") {
		for name, want := range c.Expect {
			m, _ := elle.ParseModel(name)
			got := elle.Append(c.History, elle.Options{Models: []elle.Model{m}})
			n++
			if want.Exception!="" { if m=="serializable"{fmt.Println("EXC", c.Name, got.Valid, got.Reasons())}; continue }
			if want.Counts==nil {want.Counts=map[elle.Anomaly]int{}}
			slices.Sort(want.Not); slices.Sort(want.AlsoNot)
			if got.Valid!=want.Valid || !reflect.DeepEqual(want.Types, got.Types)|| !reflect.DeepEqual(want.Counts, got.Counts) || len(want.Types)>0 && !slices.Equal(want.Not,got.Not) || want.AlsoNot!=nil && !slices.Equal(want.AlsoNot,got.AlsoNot) {
				bad++
				fmt.Println(c.Name, name,len(c.History), "\n want", want.Valid, want.Counts, want.Not, "\n got ", got.Valid, got.Counts, got.Not)
			}
		}
	}
	fmt.Println(n,bad)
}
