using MeeseeksBox.CommandLine.Options;

namespace MeeseeksBox.CommandLine.Tests.Options;

/// <summary>Conversion of key=value words to job specs, filters and settings.</summary>
public sealed class JobWordsTests
{
    [Theory]
    [InlineData("id=007", """{"id":"007"}""")]
    [InlineData("id=a,b", """{"id":"a,b"}""")]
    [InlineData("node=n1,n2", """{"node":["n1","n2"]}""")]
    [InlineData("node=n*", """{"node":"n*"}""")]
    [InlineData("stdout={x}", """{"stdout":"{x}"}""")]
    [InlineData("stdout=", """{"stdout":null}""")]
    [InlineData("hold=1", """{"hold":1}""")]
    [InlineData("hold=true", """{"hold":true}""")]
    [InlineData("runtime=1.50", """{"runtime":1.50}""")]
    [InlineData("tag=1,x", """{"tag":["1","x"]}""")]
    [InlineData("tag=x", """{"tag":"x"}""")]
    [InlineData("env.A=true env.B= env.C.D=1", """{"env":{"A":"true","B":"","C.D":"1"}}""")]
    [InlineData("""env={"A":"1"}""", """{"env":{"A":"1"}}""")]
    [InlineData("env=", """{"env":null}""")]
    [InlineData("config.cwd=/x config.shell=1", """{"config":{"cwd":"/x","shell":1}}""")]
    [InlineData("""config={"a":[1]} config.b=2""", """{"config":{"a":[1],"b":2}}""")]
    public void The_values_of_text_keys_stay_texts_in_a_spec(string words, string json)
    {
        JobWords.Spec(words.Split(' ')).ToJsonString().Should().Be(json);
    }

    [Theory]
    [InlineData("env=FOO", "env=FOO: each variable of the environment is a word of its own; write env.FOO=bar")]
    [InlineData("env=FOO=1=2", "env=FOO=1=2: each variable of the environment is a word of its own; write env.FOO=1=2")]
    public void A_variable_needs_its_name_in_the_key(string word, string problem)
    {
        var read = () => JobWords.Spec([word]);

        read.Should().Throw<UsageException>().WithMessage(problem);
    }

    [Theory]
    [InlineData("a b", """{"ids":["a","b"]}""")]
    [InlineData("state=new,running pool=1", """{"state":["new","running"],"pool":"1"}""")]
    [InlineData("a* tag=x", """{"tag":"x","ids":["a*"]}""")]
    [InlineData("rc=1 active=true node=", """{"rc":1,"active":true,"node":[]}""")]
    [InlineData("", "{}")]
    public void A_selection_has_ids_and_conditions(string words, string json)
    {
        JobWords.Selection(words.Split(' ', StringSplitOptions.RemoveEmptyEntries)).ToFilter().ToJsonString().Should().Be(json);
    }

    [Fact]
    public void Settings_may_contain_removed_keys()
    {
        JobWords.Settings(["pools.p.slots=4", "pools.!q=", "nodes.x.ssl.pass=word", "n1"]).ToJsonString()
            .Should().Be("""{"pools":{"p":{"slots":4},"!q":{}},"nodes":{"x":{"ssl":{"pass":"word"}}}}""");
    }

    [Fact]
    public void A_switch_is_removed_from_the_words()
    {
        List<string> words = ["a", "wait=1", "b=2"];

        JobWords.ExtractSwitch(words, "wait").Should().BeTrue();
        JobWords.ExtractSwitch(words, "quiet").Should().BeFalse();
        words.Should().Equal("a", "b=2");
    }
}
