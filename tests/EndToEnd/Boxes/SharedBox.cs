namespace MeeseeksBox.EndToEnd.Boxes;

/// <summary>A box that the tests of many classes share, with a pool for each kind of job.</summary>
/// <remarks>Tests use jobs, tags and connections of their own, and change neither the configuration nor the jobs of others.</remarks>
public sealed class SharedBox() : BoxFixture(
    "state.expire=600",
    "defaults.restart_delay=0.02",
    "pools.p.slots=0",
    "pools.one.slots=1",
    "pools.small.output_limit=1000",
    "pools.patient.kill_grace=10",
    "pools.hasty.kill_grace=0.1",
    "pools.strict.max_runtime=0.2",
    "pools.slow.restart_delay=0.4",
    "pools.later.restart_delay=1000",
    "pools.endless.kill_grace=1000000000");
