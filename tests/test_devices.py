"""What a training runs on follows what the machine has."""

import pytest
import torch

from claimclf.devices import cpu_has_bf16, device_arguments, has_bf16


@pytest.mark.parametrize(("known", "found"), [({}, False), ({"avx512_vnni": True}, False), ({"amx_bf16": True}, True)])
def test_bfloat16_is_taken_where_the_cpu_has_it(monkeypatch, known, found):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    monkeypatch.setattr(torch.cpu, "get_capabilities", lambda: known, raising=False)
    assert has_bf16() is found
    assert device_arguments(bf16=True)["bf16"] is found
    assert device_arguments(bf16=False)["bf16"] is False


def test_a_gpu_is_used(monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "is_bf16_supported", lambda: True)
    monkeypatch.setattr(torch.cpu, "get_capabilities", dict, raising=False)
    assert has_bf16() and not cpu_has_bf16()
    assert device_arguments(bf16=True) == {"bf16": True, "use_cpu": False, "dataloader_pin_memory": True}
