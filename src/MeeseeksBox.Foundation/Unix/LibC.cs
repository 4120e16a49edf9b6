using System.Runtime.InteropServices;

namespace MeeseeksBox.Foundation.Unix;

/// <summary>Functions of the C library; see sections 2 and 3 of the manual.</summary>
/// <remarks>
/// They return -1 on a failure, with its number in <see cref="Marshal.GetLastPInvokeError"/>, unless it says otherwise. A function with a
/// structure or constants of its own stays with the one type that uses it, such as statx(2), inotify(7) and getpwnam(3).
/// </remarks>
internal static unsafe partial class LibC
{
    /// <summary>Sends a signal.</summary>
    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    public static partial int Kill(int pid, int signal);

    /// <summary>Checks whether this process may use a file.</summary>
    [LibraryImport("libc", EntryPoint = "access", SetLastError = true, StringMarshallingCustomType = typeof(ByteTextMarshaller))]
    public static partial int Access(string path, int mode);

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshallingCustomType = typeof(ByteTextMarshaller))]
    public static partial int Open(string path, int flags, int mode);

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    public static partial int Close(int descriptor);

    [LibraryImport("libc", EntryPoint = "read", SetLastError = true)]
    public static partial nint Read(int descriptor, byte* buffer, nint length);

    [LibraryImport("libc", EntryPoint = "write", SetLastError = true)]
    public static partial nint Write(int descriptor, byte* buffer, nint length);

    [LibraryImport("libc", EntryPoint = "pwrite", SetLastError = true)]
    public static partial nint WriteAt(int descriptor, byte* buffer, nint length, long position);

    [LibraryImport("libc", EntryPoint = "pipe2", SetLastError = true)]
    public static partial int Pipe2(int* pair, int flags);

    [LibraryImport("libc", EntryPoint = "dup2", SetLastError = true)]
    public static partial int Dup2(int from, int to);

    [LibraryImport("libc", EntryPoint = "fcntl", SetLastError = true)]
    public static partial int Fcntl(int descriptor, int command, int argument);

    [LibraryImport("libc", EntryPoint = "fcntl", SetLastError = true)]
    public static partial int FcntlPointer(int descriptor, int command, byte* argument);

    /// <summary>Sets the mode of an open file.</summary>
    [LibraryImport("libc", EntryPoint = "fchmod", SetLastError = true)]
    public static partial int ChangeMode(int descriptor, int mode);

    [LibraryImport("libc", EntryPoint = "ftruncate", SetLastError = true)]
    public static partial int Truncate(int descriptor, long length);

    /// <summary>Completes when a file, or the names in a folder, are on disk.</summary>
    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    public static partial int Flush(int descriptor);

    [LibraryImport("libc", EntryPoint = "pread", SetLastError = true)]
    public static partial nint ReadAt(int descriptor, byte* buffer, nint length, long position);

    [LibraryImport("libc", EntryPoint = "poll", SetLastError = true)]
    public static partial int Poll(int* descriptors, nuint count, int timeout);

    [LibraryImport("libc", EntryPoint = "ioctl", SetLastError = true)]
    public static partial int IoControl(int descriptor, nuint request, ushort* size);

    /// <summary>Returns 1 for a terminal.</summary>
    [LibraryImport("libc", EntryPoint = "isatty", SetLastError = true)]
    public static partial int IsTerminal(int descriptor);

    [LibraryImport("libc", EntryPoint = "unlink", SetLastError = true, StringMarshallingCustomType = typeof(ByteTextMarshaller))]
    public static partial int Unlink(string path);

    [LibraryImport("libc", EntryPoint = "rename", SetLastError = true, StringMarshallingCustomType = typeof(ByteTextMarshaller))]
    public static partial int Rename(string from, string to);

    [LibraryImport("libc", EntryPoint = "link", SetLastError = true, StringMarshallingCustomType = typeof(ByteTextMarshaller))]
    public static partial int Link(string from, string to);

    [LibraryImport("libc", EntryPoint = "chdir", SetLastError = true, StringMarshallingCustomType = typeof(ByteTextMarshaller))]
    public static partial int ChangeFolder(string path);

    [LibraryImport("libc", EntryPoint = "mkdir", SetLastError = true, StringMarshallingCustomType = typeof(ByteTextMarshaller))]
    public static partial int MakeFolder(string path, int mode);

    [LibraryImport("libc", EntryPoint = "rmdir", SetLastError = true, StringMarshallingCustomType = typeof(ByteTextMarshaller))]
    public static partial int RemoveFolder(string path);

    [LibraryImport("libc", EntryPoint = "setsid", SetLastError = true)]
    public static partial int SetSid();

    [LibraryImport("libc", EntryPoint = "prctl", SetLastError = true)]
    public static partial int Prctl(int option, nuint argument2, nuint argument3, nuint argument4, nuint argument5);

    [LibraryImport("libc", EntryPoint = "waitid", SetLastError = true)]
    public static partial int WaitId(int kind, int id, byte* info, int options);

    [LibraryImport("libc", EntryPoint = "wait4", SetLastError = true)]
    public static partial int Wait4(int pid, int* status, int options, byte* usage);

    [LibraryImport("libc", EntryPoint = "signal", SetLastError = true)]
    public static partial nint Signal(int signal, nint handler);

    [LibraryImport("libc", EntryPoint = "sigaction", SetLastError = true)]
    public static partial int SignalAction(int signal, nint* set, nint* before);

    /// <summary>Changes which signals this thread blocks. Returns the number of the error, or 0.</summary>
    [LibraryImport("libc", EntryPoint = "pthread_sigmask")]
    public static partial int ChangeSignalMask(int how, byte* set, byte* before);

    [LibraryImport("libc", EntryPoint = "signalfd", SetLastError = true)]
    public static partial int SignalDescriptor(int descriptor, byte* set, int flags);

    [LibraryImport("libc", EntryPoint = "epoll_create1", SetLastError = true)]
    public static partial int EpollCreate(int flags);

    [LibraryImport("libc", EntryPoint = "epoll_ctl", SetLastError = true)]
    public static partial int EpollControl(int epoll, int operation, int descriptor, byte* change);

    [LibraryImport("libc", EntryPoint = "epoll_wait", SetLastError = true)]
    public static partial int EpollWait(int epoll, byte* events, int count, int timeout);

    [LibraryImport("libc", EntryPoint = "eventfd", SetLastError = true)]
    public static partial int EventDescriptor(uint initial, int flags);

    [LibraryImport("libc", EntryPoint = "socket", SetLastError = true)]
    public static partial int Socket(int domain, int type, int protocol);

    [LibraryImport("libc", EntryPoint = "bind", SetLastError = true)]
    public static partial int Bind(int socket, byte* address, uint length);

    [LibraryImport("libc", EntryPoint = "listen", SetLastError = true)]
    public static partial int Listen(int socket, int backlog);

    [LibraryImport("libc", EntryPoint = "accept4", SetLastError = true)]
    public static partial int Accept(int socket, nint address, nint length, int flags);

    [LibraryImport("libc", EntryPoint = "send", SetLastError = true)]
    public static partial nint Send(int socket, byte* bytes, nint length, int flags);

    [LibraryImport("libc", EntryPoint = "getsockopt", SetLastError = true)]
    public static partial int SocketOption(int socket, int level, int option, byte* value, uint* length);

    [LibraryImport("libc", EntryPoint = "geteuid")]
    public static partial uint EffectiveUser();

    [LibraryImport("libc", EntryPoint = "getegid")]
    public static partial uint EffectiveGroup();

    [LibraryImport("libc", EntryPoint = "getgroups", SetLastError = true)]
    public static partial int GetGroups(int size, uint* groups);

    /// <summary>Sets the supplementary groups of all threads.</summary>
    [LibraryImport("libc", EntryPoint = "setgroups", SetLastError = true)]
    public static partial int SetGroups(nuint size, uint* groups);

    /// <summary>Sets real, effective and saved group of all threads.</summary>
    [LibraryImport("libc", EntryPoint = "setresgid", SetLastError = true)]
    public static partial int SetGroup(uint real, uint effective, uint saved);

    /// <summary>Sets real, effective and saved user of all threads.</summary>
    [LibraryImport("libc", EntryPoint = "setresuid", SetLastError = true)]
    public static partial int SetUser(uint real, uint effective, uint saved);

    [LibraryImport("libc", EntryPoint = "capset", SetLastError = true)]
    public static partial int SetCapabilities(uint* header, uint* sets);

    /// <summary>Makes a system call for which there is no function.</summary>
    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    public static partial nint SystemCall(nint number, nint argument1, nint argument2);

    /// <summary>Makes a system call for which there is no function.</summary>
    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    public static partial nint SystemCall(nint number, nint argument1, nint argument2, nint argument3, nint argument4);

    /// <summary>Sets user and group of a file, without following a link.</summary>
    [LibraryImport("libc", EntryPoint = "lchown", SetLastError = true, StringMarshallingCustomType = typeof(ByteTextMarshaller))]
    public static partial int SetOwner(string path, uint user, uint group);

    /// <summary>Gets the soft and the hard limit of a resource for this process.</summary>
    [LibraryImport("libc", EntryPoint = "getrlimit", SetLastError = true)]
    public static partial int GetResourceLimit(int resource, ulong* pair);

    /// <summary>Sets the soft and the hard limit of a resource for this process.</summary>
    [LibraryImport("libc", EntryPoint = "setrlimit", SetLastError = true)]
    public static partial int SetResourceLimit(int resource, ulong* pair);

    [LibraryImport("libc", EntryPoint = "sched_getaffinity", SetLastError = true)]
    public static partial int GetAffinity(int thread, nuint size, byte* mask);

    [LibraryImport("libc", EntryPoint = "sched_setaffinity", SetLastError = true)]
    public static partial int SetAffinity(int thread, nuint size, byte* mask);

    /// <summary>Reads an extended attribute of a file, and returns its length.</summary>
    [LibraryImport("libc", EntryPoint = "getxattr", SetLastError = true, StringMarshallingCustomType = typeof(ByteTextMarshaller))]
    public static partial nint GetAttribute(string path, string name, byte* value, nuint size);

    /// <summary>Sets an extended attribute of a file.</summary>
    [LibraryImport("libc", EntryPoint = "setxattr", SetLastError = true, StringMarshallingCustomType = typeof(ByteTextMarshaller))]
    public static partial int SetAttribute(string path, string name, byte* value, nuint size, int flags);

    /// <summary>Removes an extended attribute of a file.</summary>
    [LibraryImport("libc", EntryPoint = "removexattr", SetLastError = true, StringMarshallingCustomType = typeof(ByteTextMarshaller))]
    public static partial int RemoveAttribute(string path, string name);

    /// <summary>Reads the names of the extended attributes of a file, each with a NUL at its end, and returns their length.</summary>
    [LibraryImport("libc", EntryPoint = "listxattr", SetLastError = true, StringMarshallingCustomType = typeof(ByteTextMarshaller))]
    public static partial nint ListAttributes(string path, byte* names, nuint size);

    [LibraryImport("libc", EntryPoint = "execve", SetLastError = true, StringMarshallingCustomType = typeof(ByteTextMarshaller))]
    public static partial int Execute(string path, byte** arguments, byte** environment);

    /// <summary>Executes a program in the place of this one, with the same environment.</summary>
    [LibraryImport("libc", EntryPoint = "execv", SetLastError = true, StringMarshallingCustomType = typeof(ByteTextMarshaller))]
    public static partial int ExecuteHere(string path, byte** arguments);

    /// <summary>Starts a program. Returns the number of the error, or 0.</summary>
    [LibraryImport("libc", EntryPoint = "posix_spawn", StringMarshallingCustomType = typeof(ByteTextMarshaller))]
    public static partial int Spawn(int* pid, string path, byte* actions, byte* attributes, byte** arguments, byte** environment);

    [LibraryImport("libc", EntryPoint = "posix_spawnattr_init")]
    public static partial int SpawnAttributesInit(byte* attributes);

    [LibraryImport("libc", EntryPoint = "posix_spawnattr_destroy")]
    public static partial int SpawnAttributesDestroy(byte* attributes);

    [LibraryImport("libc", EntryPoint = "posix_spawnattr_setflags")]
    public static partial int SpawnAttributesSetFlags(byte* attributes, short flags);

    [LibraryImport("libc", EntryPoint = "posix_spawnattr_setsigdefault")]
    public static partial int SpawnAttributesSetDefaults(byte* attributes, byte* set);

    [LibraryImport("libc", EntryPoint = "posix_spawnattr_setsigmask")]
    public static partial int SpawnAttributesSetMask(byte* attributes, byte* set);

    [LibraryImport("libc", EntryPoint = "posix_spawn_file_actions_init")]
    public static partial int FileActionsInit(byte* actions);

    [LibraryImport("libc", EntryPoint = "posix_spawn_file_actions_destroy")]
    public static partial int FileActionsDestroy(byte* actions);

    [LibraryImport("libc", EntryPoint = "posix_spawn_file_actions_adddup2")]
    public static partial int FileActionsDup2(byte* actions, int from, int to);

    [LibraryImport("libc", EntryPoint = "posix_spawn_file_actions_addchdir_np", StringMarshallingCustomType = typeof(ByteTextMarshaller))]
    public static partial int FileActionsChangeFolder(byte* actions, string path);
}
