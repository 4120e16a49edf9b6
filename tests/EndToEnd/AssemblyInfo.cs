using Xunit.Sdk;
using Xunit.v3;

// The tests wait for other processes most of their time: more of them than there are cores may do so at once.
[assembly: Parallelization(Mode = ParallelMode.All, MaxThreads = 6)]
