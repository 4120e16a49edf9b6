using CsCheck;
using MeeseeksBox.Protocol.Jobs;

namespace MeeseeksBox.Protocol.Tests.Jobs;

// docs/SPECIFICATION.md#conflicts
public sealed class JobAttributeEqualityTests
{
    [Theory]
    [InlineData("args", """["a b"]""", """["a","b"]""")]
    [InlineData("args", """["a"]""", """{"a":1}""")]
    [InlineData("args", """{"a":1}""", """{"a":2}""")]
    [InlineData("tags", """["a b"]""", """["a","b"]""")]
    [InlineData("nodes", """["a b"]""", """["a","b"]""")]
    [InlineData("nodes", "[]", "null")]
    [InlineData("env", """{"A":"1 B=2"}""", """{"A":"1","B":"2"}""")]
    [InlineData("env", "{}", "null")]
    [InlineData("config", """{"a":1}""", """{"a":2}""")]
    [InlineData("config", "{}", "null")]
    [InlineData("runtime", "5", "6")]
    [InlineData("stdin", "\"\"", "null")]
    public void Different_values_are_not_the_same(string name, string one, string other)
    {
        JobAttributes.TryFind(name, out var attribute).Should().BeTrue();
        var job = attribute!.Read(new Job { Id = "a" }, Some.Json(one), out _);
        var changed = other is "null" ? new Job { Id = "a" } : attribute.Read(job, Some.Json(other), out _);

        attribute.IsSame(job, changed).Should().BeFalse();
        attribute.IsSame(changed, job).Should().BeFalse();
    }

    [Theory]
    [InlineData("hold", "null", "0")]
    [InlineData("retries", "\"3\"", "3.0")]
    [InlineData("tags", "\"a\"", """["a",null]""")]
    [InlineData("env", """{"A":"1","B":"2"}""", """{"B":2,"A":1}""")]
    [InlineData("config", """{"a":[1]}""", """{ "a": [ 1 ] }""")]
    [InlineData("args", """{"a":1,"b":2}""", """{"b":2,"a":1}""")]
    public void A_value_is_the_same_in_any_form(string name, string one, string other)
    {
        JobAttributes.TryFind(name, out var attribute).Should().BeTrue();
        var job = attribute!.Read(new Job { Id = "a" }, Some.Json(one), out _);

        attribute.IsSame(job, attribute.Read(new Job { Id = "b" }, Some.Json(other), out _)).Should().BeTrue();
    }

    [Fact]
    public void A_job_has_the_same_attributes_after_it_was_sent() => SomeJob.Any.Sample(job =>
    {
        var again = Some.Job(Some.Written(job).GetRawText());

        JobAttributes.All.Where(attribute => !attribute.IsSame(job, again)).Should().BeEmpty();
    });
}
