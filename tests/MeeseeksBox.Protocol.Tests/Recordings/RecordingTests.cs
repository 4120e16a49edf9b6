using System.Text.Json;
using MeeseeksBox.Protocol.Jobs;
using MeeseeksBox.Protocol.Nodes;
using MeeseeksBox.Protocol.Requests;

namespace MeeseeksBox.Protocol.Tests.Recordings;

public sealed class RecordingTests
{
    public static TheoryData<Recording> All => [.. Recording.All];

    [Theory]
    [MemberData(nameof(All))]
    public void Every_line_is_read_or_rejected_as_in_the_original(Recording recording)
    {
        foreach (var line in recording.Lines)
        {
            using var read = RequestLine.Parse(Some.Line(line.Text), out var problem);

            (read is not null).Should().Be(line.Json is not null, $"at {line.T}: {line.Text} ({problem})");
        }
    }

    [Theory]
    [MemberData(nameof(All))]
    public void Every_request_is_read(Recording recording)
    {
        foreach (var line in recording.Lines.Where(line => line.IsRequest && line.Json is not null))
        {
            using var read = RequestLine.Parse(Some.Line(line.Text), out _);
            foreach (var element in read!.Elements)
            {
                var requests = RequestObject.Read(element, out var problem)?.Requests;

                // The original also rejected the one element that is not an object.
                (requests is null).Should().Be(element.ValueKind is JsonValueKind.Number, problem);
                requests?.Select(request => request.Key)
                    .Should().Equal(element.EnumerateObject().Select(key => key.Name).Where(name => name is not "bogus"));
                requests?.Select(request => request.Value).OfType<SyncRequest>().SelectMany(sync => sync.Problems).Should().BeEmpty();
            }
        }
    }

    [Theory]
    [MemberData(nameof(All))]
    public void Every_job_is_read_and_written_back_with_all_its_values(Recording recording)
    {
        var jobs = recording.JobsById.ToList();

        jobs.Should().HaveCountGreaterThan(5);
        foreach (var (id, recorded) in jobs.Select(job => (job.Name, job.Value)))
        {
            JobAttributes.TryRead(recorded, id, out var job, out var problem).Should().BeTrue(problem);
            var written = Some.Written(job!);
            written.GetProperty("id").GetString().Should().Be(id);

            foreach (var property in recorded.EnumerateObject())
            {
                var same = written.TryGetProperty(property.Name, out var value) ? Some.Same(Normal(property), value) : IsOmitted(property);
                same.Should().BeTrue($"{property.Name} of {recorded} came back as {value}");
            }
        }
    }

    [Theory]
    [MemberData(nameof(All))]
    public void Every_node_status_is_read_and_written_back_with_all_its_values(Recording recording)
    {
        var statuses = recording.NodeStatuses.ToList();

        statuses.Should().NotBeEmpty();
        foreach (var recorded in statuses)
        {
            NodeStatus.TryRead(recorded, out var status, out var problem).Should().BeTrue(problem);
            var written = JsonSerializer.SerializeToElement(status!, WireContext.Default.NodeStatus);

            Some.Same(written, recorded).Should().BeTrue($"{recorded} came back as {written}");
        }
    }

    [Fact]
    public void Every_table_of_pools_is_read_and_written_back()
    {
        foreach (var recorded in Recording.ClientToHead.Pools)
        {
            var pools = recorded.Deserialize(WireContext.Default.DictionaryStringDictionaryStringSlotCount)!;
            var written = JsonSerializer.SerializeToElement(pools, WireContext.Default.DictionaryStringDictionaryStringSlotCount);

            pools["p1"]["node1"].Should().Be(new SlotCount(2));
            pools["p2"]["node1"].Should().Be(SlotCount.Unlimited);
            Some.Same(written, recorded).Should().BeTrue();
        }
    }

    // Later versions write these for a job that has not run, and for no user.
    private static bool IsOmitted(JsonProperty property) =>
        (property.Name, property.Value.GetRawText()) is ("error", "null") or ("uid", "0");

    // Booleans are written as booleans, and [null] as no tags (docs/SPECIFICATION.md#numbers-and-booleans).
    private static JsonElement Normal(JsonProperty property) => (property.Name, property.Value.GetRawText()) switch
    {
        ("hold" or "restart" or "resubmit", "1") => Some.Json("true"),
        ("hold" or "restart" or "resubmit", "0") => Some.Json("false"),
        ("tags", "[null]") => Some.Json("[]"),
        _ => property.Value,
    };
}
