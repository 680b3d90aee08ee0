from collections.abc import Callable

Read = Callable[[str], set[str]]


def table(*rows: str) -> str:
    head, *body = rows
    return "\n".join([head, "|" + "---|" * (head.count("|") - 1), *body])


def test_heads_say_how_cells_belong_to_the_first(read: Read) -> None:
    note = "# probe\n" + table(
        "| 옵션 | 기본값 | 설명 | 비고 |", "| periodSeconds | 10초 | 검사 간격 | 중요 |"
    )

    assert read(note) == {
        "Probe hasOption periodSeconds",
        "periodSeconds defaultValue 10s",
        "periodSeconds definition 검사 간격",
    }


def test_a_head_that_is_a_concept_gives_the_class(read: Read) -> None:
    assert read("# k8s\n" + table("| 컴포넌트 | 설명 |", "| etcd | 저장소 |")) >= {
        "etcd isA KubernetesComponents"
    }


def test_yes_and_no_are_use_and_its_denial(read: Read) -> None:
    note = "# k8s\n" + table("| 이름 | 롤백 |", "| Deployment | O |", "| DaemonSet | X |")

    assert read(note) == {"Deployment uses Rollback", "not DaemonSet uses Rollback"}


def test_concepts_as_columns_are_read_by_columns(read: Read) -> None:
    note = "# k8s\n" + table("| 구분 | Deployment | StatefulSet |", "| 이름 | 랜덤하게 | 순서대로 |")

    assert read(note) == {
        "Deployment contrastsWith StatefulSet",
        "Deployment hasField 이름=랜덤하게",
        "StatefulSet hasField 이름=순서대로",
    }


def test_other_heads_keep_their_words_and_a_dash_is_no_value(read: Read) -> None:
    note = "# k8s\n" + table(
        "| 이름 | 단계 수 | 범위 |", "| Pod | 다섯 개 | 네임스페이스 |", "| Node | - | 클러스터 |"
    )

    assert read(note) == {"Pod hasField 단계 수=다섯 개", "Pod scopedTo Namespace", "Node scopedTo Cluster"}


def test_lines_of_slashes_below_such_a_head_are_a_table(read: Read) -> None:
    note = "# probe\n- 옵션 / 기본값 / 설명\n- periodSeconds / 10초 / 검사 간격"

    assert read(note) >= {"periodSeconds defaultValue 10s", "periodSeconds definition 검사 간격"}
