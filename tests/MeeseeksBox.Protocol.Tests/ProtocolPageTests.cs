using System.Reflection;
using System.Text.Json;
using MeeseeksBox.Protocol.Jobs;
using MeeseeksBox.Protocol.Requests;

namespace MeeseeksBox.Protocol.Tests;

/// <summary>Checks docs/PROTOCOL.md against the code.</summary>
public sealed class ProtocolPageTests
{
    private static readonly string Page = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "PROTOCOL.md"));

    [Fact]
    public void Every_sample_request_can_be_read()
    {
        var samples = Page.Split('\n').Where(line => line.StartsWith('→')).Select(line => line[1..].Trim().Replace("…", "")).ToList();

        samples.Should().HaveCountGreaterThan(8);
        foreach (var sample in samples.Where(sample => sample is not "this is not json"))
        {
            using var line = RequestLine.Parse(Some.Line(sample.Replace("{}", """{"id":"a"}""")), out var fault);

            fault.Should().BeNull($"it is in the page: {sample}");
            foreach (var element in line!.Elements.Where(element => element.ValueKind is not JsonValueKind.Number))
            {
                var requests = RequestObject.Read(element, out var problem)!.Requests;
                requests.Should().HaveCount(element.EnumerateObject().Count(IsRequest), $"{problem} in {sample}");
            }
        }
    }

    [Fact]
    public void Every_attribute_of_a_job_has_its_row() =>
        JobAttributes.All.Should().OnlyContain(attribute => Rows("attribute").Any(row => row.Contains($"`{attribute.Name}`")));

    [Fact]
    public void Every_error_code_has_its_row() => typeof(ErrorCode).GetFields(BindingFlags.Public | BindingFlags.Static)
        .Should().OnlyContain(code => Rows("code").Any(row => row.Contains($"`{code.GetRawConstantValue()}`")));

    private static bool IsRequest(JsonProperty property) => property.Name is not ("wait" or "options" or "signal");

    // The first cells of the rows of the table with this first heading.
    private static IEnumerable<string> Rows(string head) => Page.Split('\n')
        .SkipWhile(line => !line.StartsWith($"| {head} |", StringComparison.Ordinal))
        .Skip(2)
        .TakeWhile(line => line.StartsWith('|'))
        .Select(line => line.Split('|')[1]);
}
