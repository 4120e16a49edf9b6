using MeeseeksBox.Protocol.Jobs;

namespace MeeseeksBox.Protocol.Tests.Jobs;

public sealed class JobPhaseTests
{
    [Theory]
    [InlineData("'state':'new'", JobPhase.Unassigned)]
    [InlineData("'state':'new','end_ts':7,'start_count':1", JobPhase.Unassigned)]
    [InlineData("'state':'new','node':'n1'", JobPhase.Queued)]
    [InlineData("'state':'new','node':'n1','active':true", JobPhase.Queued)]
    [InlineData("'state':'new','node':'n1','end_ts':7", JobPhase.Queued)]
    [InlineData("'state':'new','node':'n1','end_ts':7,'start_count':1", JobPhase.Requeued)]
    [InlineData("'state':'running','node':'n1','active':true", JobPhase.Running)]
    [InlineData("'state':'killed','node':'n1','active':true", JobPhase.Ending)]
    [InlineData("'state':'killed','node':'n1','active':true,'error':'expired'", JobPhase.Ending)]
    [InlineData("'state':'done','node':'n1','active':true", JobPhase.Ending)]
    [InlineData("'state':'done','node':'n1'", JobPhase.Done)]
    [InlineData("'state':'done','node':'n1','error':'expired'", JobPhase.Done)]
    [InlineData("'state':'failed','node':'n1','error':'crashed'", JobPhase.Failed)]
    [InlineData("'state':'killed','node':'n1'", JobPhase.Killed)]
    [InlineData("'state':'failed','node':'n1','error':'expired'", JobPhase.PresumedLost)]
    [InlineData("'state':'failed','node':'n1','error':'expired','active':true", JobPhase.PresumedLost)]
    [InlineData("'state':'killed','node':'n1','error':'expired'", JobPhase.PresumedLost)]
    public void The_phase_follows_from_the_status(string attributes, JobPhase phase)
    {
        JobAttributes.TryRead(Some.Json($"{{'id':'a',{attributes}}}".Replace('\'', '"')), out var job, out _).Should().BeTrue();

        job!.Phase.Should().Be(phase);
    }

    [Fact]
    public void An_unconfirmed_kill_stays_a_kill_when_the_job_is_given_up()
    {
        var killing = new JobStatus { Node = "n1", State = JobState.Killed, Active = true, FailCount = 2 };

        var lost = killing.PresumedLost(at: 9);

        (lost.Phase, lost.State, lost.FailCount, lost.EndTs).Should().Be((JobPhase.PresumedLost, JobState.Killed, 2, 9));
    }

    [Fact]
    public void A_running_job_that_is_given_up_has_failed_once_more()
    {
        var running = new JobStatus { Node = "n1", State = JobState.Running, Active = true, Pid = 4, FailCount = 2 };

        var lost = running.PresumedLost(at: 9);

        (lost.Phase, lost.State, lost.FailCount, lost.Pid).Should().Be((JobPhase.PresumedLost, JobState.Failed, 3, null));
    }
}
