package com.service;

import java.util.Map;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;

@RestController
public class OrderController {
  record Order(int orderId) {}

  @PostMapping("/orders")
  Map<String, Boolean> receive(@RequestBody Order order) {
    System.out.println("Order received: {\"orderId\": " + order.orderId() + "}");
    return Map.of("success", true);
  }
}
