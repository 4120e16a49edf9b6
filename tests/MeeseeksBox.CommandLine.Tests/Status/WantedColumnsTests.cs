using System.Buffers;
using System.Text.Json;
using MeeseeksBox.CommandLine.Status;
using MeeseeksBox.CommandLine.Top;
using MeeseeksBox.Protocol.Jobs;

namespace MeeseeksBox.CommandLine.Tests.Status;

/// <summary>The attributes that overviews ask for are enough for their columns.</summary>
public sealed class WantedColumnsTests
{
    [Theory]
    [InlineData(JobState.New, true)]
    [InlineData(JobState.Running, true)]
    [InlineData(JobState.Killed, true)]
    [InlineData(JobState.Failed, false)]
    public void A_job_with_the_wanted_attributes_has_the_same_columns(JobState state, bool isActive)
    {
        var job = new Job
        {
            Id = "a",
            Spec = new()
            {
                Pool = "p",
                Args = ["sleep", "9"],
                Tags = ["t"],
                Hold = true,
                Restart = true,
                Resubmit = true,
                Suspended = true,
            },
            Status = new()
            {
                Node = "n1",
                SubmitNode = "head",
                State = state,
                Active = isActive,
                SubmitTs = 5,
                StartTs = 10,
                EndTs = 20,
                StartCount = 1,
                Rc = 3,
                Error = "why",
                Stdout = OutputData.Of("b3V0"),
            },
            Ts = 30,
        };

        var limited = Limited(job, out var length);

        StatusJob.Of(limited, now: 100).Should().BeEquivalentTo(StatusJob.Of(job, now: 100));
        TopJob.Of(limited).Should().BeEquivalentTo(TopJob.Of(job));
        limited.Status.Stdout.Should().BeNull();
        length.Should().BeLessThan(400);
    }

    [Fact]
    public void A_configuration_job_has_the_same_columns()
    {
        var settings = JsonElement.Parse("""{"pools":{},"name":"n"}""");
        var job = new Job { Id = "a", Spec = new() { Pool = "__config", Settings = settings } };

        StatusJob.Of(Limited(job, out _), now: 100).Should().BeEquivalentTo(StatusJob.Of(job, now: 100));
    }

    private static Job Limited(Job job, out int length)
    {
        var bytes = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(bytes))
            JobAttributes.Write(writer, job, wanted: new WantedAttributes(StatusJob.Attributes));

        length = bytes.WrittenCount;
        return JobAttributes.TryRead(JsonElement.Parse(bytes.WrittenSpan), out var read, out var problem)
            ? read
            : throw new InvalidOperationException(problem);
    }
}
