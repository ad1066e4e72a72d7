package guard

import (
	"errors"
	"fmt"
	"unsafe"

	"golang.org/x/sys/windows"
)

// members returns the ids of the job's processes. The caller holds the lock.
func (g *Group) members() ([]uint32, error) {
	if g.job == 0 {
		return nil, nil
	}
	for room := 64; ; room *= 2 {
		// JOBOBJECT_BASIC_PROCESS_ID_LIST: two counts of 32 bits, and the ids, each as large as a pointer.
		list := make([]uintptr, 8/unsafe.Sizeof(uintptr(0))+uintptr(room))
		err := windows.QueryInformationJobObject(g.job, windows.JobObjectBasicProcessIdList,
			uintptr(unsafe.Pointer(&list[0])), uint32(uintptr(len(list))*unsafe.Sizeof(list[0])), nil)
		if errors.Is(err, windows.ERROR_MORE_DATA) {
			continue
		}
		if err != nil {
			return nil, err
		}
		counts := (*[2]uint32)(unsafe.Pointer(&list[0])) // in the job, in the list
		if counts[1] < counts[0] {
			continue
		}
		var ids []uint32
		for _, id := range list[len(list)-room:][:counts[1]] {
			ids = append(ids, uint32(id))
		}
		return ids, nil
	}
}

// Debuggers suspend processes by these functions. They are not documented, but have been there, unchanged, since Windows XP.
var (
	ntdll            = windows.NewLazySystemDLL("ntdll.dll")
	ntSuspendProcess = ntdll.NewProc("NtSuspendProcess")
	ntResumeProcess  = ntdll.NewProc("NtResumeProcess")
)

func suspend(process windows.Handle) error { return call(ntSuspendProcess, process) }

func resume(process windows.Handle) error { return call(ntResumeProcess, process) }

func call(function *windows.LazyProc, process windows.Handle) error {
	if err := function.Find(); err != nil {
		return err
	}
	if status, _, _ := function.Call(uintptr(process)); status != 0 {
		return fmt.Errorf("%s: %w", function.Name, windows.NTStatus(status))
	}
	return nil
}

// ended reports whether a process has ended.
func ended(process windows.Handle) bool {
	event, err := windows.WaitForSingleObject(process, 0)
	return err == nil && event == windows.WAIT_OBJECT_0
}
